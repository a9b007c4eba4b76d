#include "daemon/exec_report.h"

#include <unistd.h>

#include <cerrno>

namespace stint {

void report_failure(int fd) {
  int error = errno;
  (void)!write(fd, &error, sizeof error);
  _exit(127);
}

int read_report(int fd) {
  int error = 0;
  ssize_t size = 0;
  do {
    size = read(fd, &error, sizeof error);
  } while (size < 0 && errno == EINTR);
  return size == static_cast<ssize_t>(sizeof error) ? error : 0;
}

}  // namespace stint
