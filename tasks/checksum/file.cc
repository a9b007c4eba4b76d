#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <system_error>
#include <utility>

namespace {

[[noreturn]] void throw_errno(const char* operation, const std::string& path) {
  auto reason = std::generic_category().message(errno);
  throw std::runtime_error(std::string(operation) + " " + path + ": " + reason);
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) {
    return "a directory";
  }
  if (S_ISFIFO(mode)) {
    return "a FIFO";
  }
  if (S_ISSOCK(mode)) {
    return "a socket";
  }
  return "a device";
}

}  // namespace

RegularFile::RegularFile(std::string path) : path_(std::move(path)) {
  // O_NONBLOCK: opening a FIFO returns at once; for a regular file it means nothing.
  fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd_ < 0) {
    throw_errno("open", path_);
  }
  struct stat info {};
  if (::fstat(fd_, &info) != 0) {
    int saved = errno;
    ::close(fd_);
    errno = saved;
    throw_errno("stat", path_);
  }
  if (!S_ISREG(info.st_mode)) {
    ::close(fd_);
    throw std::runtime_error("open " + path_ + ": not a regular file but " + kind_of(info.st_mode));
  }
  size_ = static_cast<uint64_t>(info.st_size);
}

RegularFile::~RegularFile() {
  ::close(fd_);
}

size_t RegularFile::read(unsigned char* buffer, size_t space) {
  for (;;) {
    ssize_t got = ::read(fd_, buffer, space);
    if (got >= 0) {
      return static_cast<size_t>(got);
    }
    if (errno != EINTR) {
      throw_errno("read", path_);
    }
  }
}
