// The folder that belongs to one running daemon: made with mode 0750 and locked for as long as this
// object lives. The lock is a flock on stintd.lock, so it ends with the process however that dies;
// the pid in the file is only for the message to the next one.
#pragma once

#include <string>

#include "common/error.h"
#include "common/unique_fd.h"

namespace stint {

class StateDir {
 public:
  // On failure: kConflict if another daemon holds it (names its pid), else kInternal with path and
  // cause.
  static Result<StateDir> lock(const std::string& path);

  const std::string& path() const { return path_; }

 private:
  StateDir(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  UniqueFd lock_;
};

}  // namespace stint
