#include "daemon/sd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "common/unique_fd.h"

namespace stint {
namespace {

std::string environment(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread, nobody sets it
  return value == nullptr ? "" : value;
}

// systemd compares MONOTONIC_USEC with its own CLOCK_MONOTONIC, so this is not one of our two
// clocks.
std::string monotonic_usec() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::to_string(int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000);
}

}  // namespace

SdNotify::SdNotify() : socket_(environment("NOTIFY_SOCKET")) {
  std::string usec = environment("WATCHDOG_USEC");
  std::string pid = environment("WATCHDOG_PID");
  int64_t interval = std::atoll(usec.c_str()) / 2000;
  if (interval > 0 && (pid.empty() || pid == std::to_string(getpid()))) {
    watchdog_interval_ = milliseconds(interval);
  }
}

void SdNotify::ready() {
  send("READY=1");
}
void SdNotify::reloading() {
  send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec());
}
void SdNotify::stopping() {
  send("STOPPING=1");
}
void SdNotify::extend(milliseconds by) {
  send("EXTEND_TIMEOUT_USEC=" + std::to_string(by.count() * 1000));
}
void SdNotify::watchdog() {
  send("WATCHDOG=1");
}

void SdNotify::status(std::string_view text) {
  if (text != last_status_) {
    last_status_ = text;
    send("STATUS=" + last_status_);
  }
}

void SdNotify::send(const std::string& message) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) {
    return;
  }
  address.sun_family = AF_UNIX;
  std::copy(socket_.begin(), socket_.end(), address.sun_path);
  if (socket_[0] == '@') {
    address.sun_path[0] = '\0';  // abstract
  }
  UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  // A full or missing socket must not stop the daemon; systemd would only know less.
  (void)sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace stint
