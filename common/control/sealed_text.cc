#include "common/control/sealed_text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "common/control/frames.h"

namespace stint::control {
namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Error text_error(const char* call) {
  return {ErrorCode::kInternal, std::string(call) + ": " + std::system_category().message(errno)};
}

}  // namespace

Result<UniqueFd> seal_text(std::string_view text) {
  UniqueFd file(::memfd_create("stint-text", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) {
    return text_error("memfd_create");
  }
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return text_error("write");
  }
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
    return text_error("F_ADD_SEALS");
  }
  UniqueFd above(::fcntl(file.get(), F_DUPFD_CLOEXEC, kRecorderFd + 1));
  return above ? Result<UniqueFd>(std::move(above)) : text_error("F_DUPFD_CLOEXEC");
}

std::optional<std::string> take_sealed_text(int fd) {
  struct stat status {};
  int seals = ::fcntl(fd, F_GET_SEALS);  // a kernel may add one of its own
  if (seals < 0 || (seals & kSeals) != kSeals || ::fstat(fd, &status) != 0) {
    return std::nullopt;
  }
  std::string text(static_cast<size_t>(status.st_size), '\0');
  if (::pread(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return std::nullopt;
  }
  (void)::close(fd);
  return text;
}

}  // namespace stint::control
