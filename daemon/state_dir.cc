#include "daemon/state_dir.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace stint {
namespace {

Error state_dir_error(const std::string& path, int error) {
  return {ErrorCode::kInternal,
          "state directory " + path + ": " + std::system_category().message(error)};
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

// The pid that the last owner wrote; 0: none yet.
pid_t holder(int fd) {
  std::array<char, 32> text{};
  ssize_t size = pread(fd, text.data(), text.size() - 1, 0);
  return size > 0 ? static_cast<pid_t>(std::strtol(text.data(), nullptr, 10)) : 0;
}

// Takes the lock. A daemon that was killed while it started a child lives on in the lock until that
// child is another program: a moment, but one in which its successor is started. errno as flock(2).
bool take_lock(int fd) {
  constexpr int kTries = 200;
  constexpr timespec kPause{0, 10'000'000};
  for (int i = 0; i < kTries; ++i) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      return true;
    }
    if (errno != EWOULDBLOCK) {
      return false;
    }
    pid_t pid = holder(fd);
    bool dead = pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
    if (!dead) {
      errno = EWOULDBLOCK;
      return false;
    }
    nanosleep(&kPause, nullptr);
  }
  errno = EWOULDBLOCK;
  return false;
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
  if (!take_lock(fd.get())) {
    if (errno != EWOULDBLOCK) {
      return state_dir_error(file, errno);
    }
    pid_t pid = holder(fd.get());
    return Error{ErrorCode::kConflict,
                 "state directory " + path + " is held by " +
                     (pid > 0 ? "the daemon with pid " + std::to_string(pid) : "another daemon") +
                     ": stop that one, or give this one its own --state-dir"};
  }
  std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd.get(), 0) != 0 ||
      pwrite(fd.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return state_dir_error(file, errno);
  }
  return StateDir(path, std::move(fd));
}

}  // namespace stint
