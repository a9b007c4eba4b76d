#include "tests/support/slow_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "tests/support/unix_socket.h"

namespace stint::test {

namespace {

constexpr milliseconds kLookAgain{100};

}  // namespace

SlowProxy::SlowProxy(std::string target_socket, milliseconds one_way)
    : one_way_(one_way),
      listener_(unix_socket(dir_ / "proxy.sock", true)),
      stop_(eventfd(0, EFD_CLOEXEC)),
      target_(std::move(target_socket)),
      thread_([this] { serve(); }) {}

SlowProxy::~SlowProxy() {
  stopped_ = true;
  uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

void SlowProxy::retarget(const std::string& target_socket) {
  std::lock_guard lock(mutex_);
  target_ = target_socket;
  cut_ = true;
}

void SlowProxy::serve() {
  while (!stopped_) {
    wait();
    obey();
    pairs_.remove_if(
        [this](Pair& pair) { return !pair.silent && !(carry(pair.out) && carry(pair.back)); });
  }
}

// Until there is something to read or to deliver.
void SlowProxy::wait() {
  std::vector<pollfd> entries = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
  milliseconds pause = kLookAgain;
  MonoTime now = now_mono();
  for (const auto& pair : pairs_) {
    if (pair.silent) {
      continue;
    }
    entries.push_back({pair.client.get(), POLLIN, 0});
    entries.push_back({pair.server.get(), POLLIN, 0});
    for (const Way* way : {&pair.out, &pair.back}) {
      if (!way->on_its_way.empty()) {
        pause = std::min(pause, std::max(way->on_its_way.front().due - now, milliseconds{0}));
      }
    }
  }
  (void)poll(entries.data(), entries.size(), static_cast<int>(pause.count()) + 1);
  if (entries[1].revents != 0) {
    accept_one();
  }
}

void SlowProxy::obey() {
  if (cut_.exchange(false)) {
    pairs_.clear();
  }
  if (silence_.exchange(false)) {
    for (auto& pair : pairs_) {
      pair.silent = true;
    }
  }
}

void SlowProxy::accept_one() {
  Pair pair;
  pair.client.reset(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::string target;
  {
    std::lock_guard lock(mutex_);
    target = target_;
  }
  pair.server = unix_socket(target, false);
  if (pair.client && pair.server) {
    pair.out = {pair.client.get(), pair.server.get(), {}};
    pair.back = {pair.server.get(), pair.client.get(), {}};
    pairs_.push_back(std::move(pair));
  }
}

bool SlowProxy::carry(Way& way) const {
  std::array<char, 65536> bytes{};
  ssize_t n = recv(way.from, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (n == 0 || (n < 0 && errno != EAGAIN)) {
    return false;
  }
  MonoTime now = now_mono();
  if (n > 0) {
    way.on_its_way.push_back({now + one_way_, std::string(bytes.data(), static_cast<size_t>(n))});
  }
  while (!way.on_its_way.empty() && way.on_its_way.front().due <= now) {
    const std::string& chunk = way.on_its_way.front().bytes;
    if (send(way.to, chunk.data(), chunk.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(chunk.size())) {
      return false;
    }
    way.on_its_way.pop_front();
  }
  return true;
}

}  // namespace stint::test
