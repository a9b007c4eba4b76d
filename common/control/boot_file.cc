#include "common/control/boot_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "common/control/frames.h"
#include "common/unique_fd.h"

namespace stint::control {
namespace {

Error boot_error(const char* call) {
  return {ErrorCode::kInternal, std::string("cannot become stint-worker: ") + call + ": " +
                                    std::system_category().message(errno)};
}

}  // namespace

Result<void> hand_over(int fd, int number) {
  if (fd == number) {
    return ::fcntl(fd, F_SETFD, 0) == 0 ? Result<void>() : boot_error("fcntl");
  }
  return ::dup2(fd, number) == number ? Result<void>() : boot_error("dup2");
}

Result<void> place_boot(const Boot& boot) {
  std::string frame = encode(FrameType::kBoot, boot_to_json(boot));
  UniqueFd file(::memfd_create("stint-boot", MFD_CLOEXEC));
  if (!file) {
    return boot_error("memfd_create");
  }
  if (::write(file.get(), frame.data(), frame.size()) != static_cast<ssize_t>(frame.size()) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0) {
    return boot_error("write");
  }
  if (file.get() == kControlFd) {
    return hand_over(file.release(), kControlFd);
  }
  return hand_over(file.get(), kControlFd);
}

}  // namespace stint::control
