#include "daemon/cli/live_input.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "common/interrupt.h"

namespace stint::cli {
namespace {

bool is_ready(int fd) {
  pollfd input{fd, POLLIN, 0};
  return poll(&input, 1, 0) > 0;  // also at the end, and where poll() knows no waiting
}

}  // namespace

// False: interrupted. The signals come in only while we wait: one between the look at
// interrupted() and the wait would not end it.
bool LiveInput::wait() const {
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  (void)pthread_sigmask(SIG_BLOCK, &signals, &before);
  pollfd input{fd_, POLLIN, 0};
  int found = 0;
  while (!interrupted() && found <= 0) {
    found = ppoll(&input, 1, nullptr, &before);
    if (found < 0 && errno != EINTR) {
      break;  // read() says what it is
    }
  }
  (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return !interrupted();
}

LiveInput::int_type LiveInput::underflow() {
  if (on_pause_ && !is_ready(fd_) && !on_pause_()) {
    return traits_type::eof();
  }
  while (wait()) {
    ssize_t n = read(fd_, buffer_.data(), buffer_.size());
    if (n > 0) {
      setg(buffer_.data(), buffer_.data(), buffer_.data() + n);
      return traits_type::to_int_type(buffer_.front());
    }
    if (n == 0) {
      break;
    }
    if (errno != EINTR && errno != EAGAIN) {
      failure_ = Error{ErrorCode::kInternal, std::generic_category().message(errno)};
      break;
    }
  }
  return traits_type::eof();
}

}  // namespace stint::cli
