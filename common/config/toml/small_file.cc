#include "common/config/toml/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "common/config/toml/places.h"
#include "common/gate.h"
#include "common/unique_fd.h"

namespace stint {
namespace {

constexpr size_t kMaxFile = size_t{4} << 20;
constexpr mode_t kRights = 07777;
constexpr mode_t kOthers = 0007;

Error file_error(const std::string& path) {
  int error = errno;
  std::string why = path + ": " + std::generic_category().message(error);
  if (error != EACCES) {
    return {ErrorCode::kConfig, why};
  }
  Gate gate = gate_before(path, S_IRGRP);
  return {ErrorCode::kConfig,
          why + (gate.group_may
                     ? "; its readers are the group " + gate.group + ": run `sudo adduser " +
                           user_name(geteuid()) + " " + gate.group + "` and log in again"
                     : "; only the user " + gate.owner +
                           " may read it: run this as that user, or let a group read it that the "
                           "user " +
                           user_name(geteuid()) + " is in")};
}

}  // namespace

Result<SmallFile> read_small_file(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about {};
  if (!fd || fstat(fd.get(), &about) != 0) {
    return file_error(path);
  }
  SmallFile file{"", about.st_mode & kRights};
  std::array<char, 65536> buffer{};
  while (true) {
    ssize_t n = read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return file_error(path);
    }
    if (n == 0) {
      return file;
    }
    file.text.append(buffer.data(), static_cast<size_t>(n));
    if (file.text.size() > kMaxFile) {
      return Error{ErrorCode::kConfig,
                   path + ": it is longer than 4 MiB: is it a configuration file?"};
    }
  }
}

void note_exposure(const std::string& path, const SmallFile& file, LoadedConfig& loaded) {
  auto credentials = environment("CREDENTIALS_DIRECTORY");
  bool from_systemd = credentials && path.starts_with(*credentials + "/");
  if ((file.mode & kOthers) != 0 && !from_systemd) {
    loaded.exposed.push_back({path, file.mode});
  }
}

}  // namespace stint
