#include "daemon/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace stint {
namespace {

Error state_dir_error(const std::string& path, int error) {
  return {ErrorCode::kInternal, "state directory " + path + ": " + std::strerror(error)};
}

// Parents get the usual mode; the folder itself 0750 if it is we who make it.
Result<void> make_state_dir(const std::string& path) {
  std::error_code failed;
  auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) {
    std::filesystem::create_directories(parent, failed);
  }
  if (mkdir(path.c_str(), 0750) == 0 || errno == EEXIST) {
    return {};
  }
  return state_dir_error(path, errno);
}

std::string holder(int fd) {
  std::array<char, 32> text{};
  ssize_t size = pread(fd, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid.empty() ? "another daemon" : "the daemon with pid " + pid;
}

}  // namespace

Result<StateDir> StateDir::lock(const std::string& path) {
  if (auto made = make_state_dir(path); !made) {
    return made.error();
  }
  std::string file = path + "/stintd.lock";
  UniqueFd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!fd) {
    return state_dir_error(file, errno);
  }
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return state_dir_error(file, errno);
    }
    return Error{ErrorCode::kConflict,
                 "state directory " + path + " is held by " + holder(fd.get())};
  }
  std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd.get(), 0) != 0 ||
      pwrite(fd.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return state_dir_error(file, errno);
  }
  return StateDir(path, std::move(fd));
}

}  // namespace stint
