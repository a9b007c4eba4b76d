#include "common/log/stderr_writer.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace stint::log {
namespace {

constexpr int kPatienceMs = 100;
// A pipe that polls as writable takes this much without blocking (PIPE_BUF on Linux), more it may
// not.
constexpr size_t kChunkBytes = 4096;

}  // namespace

bool StderrWriter::wait_for_room() noexcept {
  pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
  const int ready = ::poll(&room, 1, stuck_ ? 0 : kPatienceMs);
  return ready == 1 && (room.revents & POLLOUT) != 0 && (room.revents & (POLLERR | POLLNVAL)) == 0;
}

bool StderrWriter::write(std::string_view line) noexcept {
  if (mid_line_ && wait_for_room() && ::write(fd_, "\n", 1) == 1) {
    mid_line_ = false;
  }
  size_t sent = 0;
  while (sent < line.size() && !mid_line_ && wait_for_room()) {
    const ssize_t size =
        ::write(fd_, line.data() + sent, std::min(line.size() - sent, kChunkBytes));
    if (size < 0 && errno != EINTR) {
      break;
    }
    sent += size < 0 ? 0 : static_cast<size_t>(size);
  }
  if (sent == line.size()) {
    stuck_ = false;
    return true;
  }
  mid_line_ = mid_line_ || sent > 0;
  stuck_ = true;
  ++dropped_;
  return false;
}

uint64_t StderrWriter::take_dropped() noexcept {
  return std::exchange(dropped_, 0);
}

}  // namespace stint::log
