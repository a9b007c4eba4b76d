#include "tests/support/cut_proxy.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "tests/support/unix_socket.h"

namespace stint::test {

CutProxy::CutProxy(std::string target_socket)
    : target_(std::move(target_socket)),
      listener_(unix_socket(dir_ / "proxy.sock", true)),
      stop_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {}

CutProxy::~CutProxy() {
  uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

redis::Url CutProxy::url() const {
  redis::Url url;
  url.socket = dir_ / "proxy.sock";
  return url;
}

void CutProxy::serve() {
  while (true) {
    std::vector<pollfd> entries = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const auto& pair : pairs_) {
      entries.push_back({pair.client.get(), POLLIN, 0});
      entries.push_back({pair.server.get(), POLLIN, 0});
    }
    (void)poll(entries.data(), entries.size(), -1);
    if (entries[0].revents != 0) {
      return;
    }
    std::vector<Pair> live;
    int cuts_before = cuts_;
    for (size_t i = 0; i < pairs_.size(); ++i) {
      auto& pair = pairs_[i];
      bool ok = true;
      if (entries[2 + 2 * i].revents != 0) {
        ok = carry(pair.client.get(), pair.server.get(), request_budget_, false);
      }
      if (ok && entries[3 + 2 * i].revents != 0) {
        ok = carry(pair.server.get(), pair.client.get(), reply_budget_, true);
      }
      if (ok) {
        live.push_back(std::move(pair));
      }
    }
    pairs_ = std::move(live);
    if (cuts_ != cuts_before) {
      pairs_.clear();
    }
    if (entries[1].revents != 0) {
      accept_one();
    }
  }
}

void CutProxy::accept_one() {
  Pair pair;
  pair.client.reset(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  pair.server = unix_socket(target_, false);
  if (pair.client && pair.server) {
    pairs_.push_back(std::move(pair));
  }
}

// False: this pair has ended, or the budget has.
// True if all went out.
bool CutProxy::pass_on(int to, std::string_view bytes, bool replies) {
  size_t text = replies && !stall_text_.empty() ? bytes.find(stall_text_) : bytes.npos;
  size_t end = text == bytes.npos ? text : bytes.find('\n', text);
  if (end != bytes.npos) {
    stall_text_.clear();
    if (!pass_on(to, bytes.substr(0, end + 1), replies)) {
      return false;
    }
    std::this_thread::sleep_for(stall_);
    bytes.remove_prefix(end + 1);
  }
  return bytes.empty() ||
         send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

bool CutProxy::carry(int from, int to, std::atomic<int64_t>& budget, bool replies) {
  std::array<char, 16384> bytes{};
  ssize_t n = ::read(from, bytes.data(), bytes.size());
  if (n <= 0) {
    return false;
  }
  if (replies && swallow_) {
    return true;
  }
  int64_t left = budget;
  bool cut = left >= 0 && n >= left;
  auto size = static_cast<size_t>(cut ? left : n);
  if (!pass_on(to, {bytes.data(), size}, replies)) {
    return false;
  }
  if (replies) {
    reply_bytes_ += static_cast<int64_t>(size);
  }
  if (left >= 0) {
    budget = cut ? -1 : left - n;
  }
  cuts_ += cut ? 1 : 0;
  return !cut;
}

}  // namespace stint::test
