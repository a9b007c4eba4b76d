#include "common/gate.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

namespace stint {

std::string user_name(uid_t id) {
  const passwd* found = getpwuid(id);  // NOLINT(concurrency-mt-unsafe): one thread
  return found != nullptr ? found->pw_name : std::to_string(id);
}

Gate gate_before(std::filesystem::path path, mode_t needed) {
  struct stat info {};
  while (stat(path.c_str(), &info) != 0) {
    if (!path.has_relative_path()) {
      return {"stint", "stint", true};
    }
    path = path.parent_path();
  }
  const group* found = getgrgid(info.st_gid);  // NOLINT(concurrency-mt-unsafe): one thread
  std::string name = found != nullptr ? found->gr_name : std::to_string(info.st_gid);
  mode_t bits = S_ISDIR(info.st_mode) ? S_IXGRP : needed;
  bool to_be_in = info.st_gid != 0 && name != "nogroup";
  return {user_name(info.st_uid), name, to_be_in && (info.st_mode & bits) == bits};
}

}  // namespace stint
