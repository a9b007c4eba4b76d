// Who may pass where we were stopped: the file, or the folder on the way to it, that let us no
// further. For programs at their start: one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace stint {

struct Gate {
  std::string owner, group;
  bool group_may = false;  // it is a group to be in, and it may pass
};

// Of a path that exists but may not be used. needed: what the group must be allowed of the file
// itself; of a folder it is to search it.
Gate gate_before(std::filesystem::path path, mode_t needed);

std::string user_name(uid_t id);

}  // namespace stint
