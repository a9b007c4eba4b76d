#include "tests/fuzz/redis_peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/error.h"

namespace stint::fuzz {

namespace {

// Timer, connect, poll, callbacks, next_turn: each takes a turn or two.
constexpr int kTurns = 6;

}  // namespace

RedisPeer& RedisPeer::one() {
  static RedisPeer peer;
  return peer;
}

RedisPeer::RedisPeer() {
  STINT_CHECK(uv_loop_init(&loop_) == 0);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = options().url.socket;
  STINT_CHECK(listener_ >= 0 && path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  STINT_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  STINT_CHECK(listen(listener_, 16) == 0);
}

redis::Connection::Options RedisPeer::options() const {
  redis::Connection::Options options;
  options.url.socket = folder_.path() + "/redis.sock";
  options.name = "fuzz";
  return options;
}

void RedisPeer::turn() {
  for (int i = 0; i < kTurns; ++i) {
    uv_run(&loop_, UV_RUN_NOWAIT);
  }
}

void RedisPeer::accept() {
  turn();
  // The one before may have connected again before it was closed: the last is meant.
  for (int next = 0; next >= 0;) {
    next = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (next >= 0 && peer_ >= 0) {
      close(peer_);
    }
    peer_ = next >= 0 ? next : peer_;
  }
  STINT_CHECK(peer_ >= 0);
  turn();
}

// A Connection that has given up reads no more: then the bytes are of no interest.
void RedisPeer::send(std::string_view bytes) {
  discard();
  while (!bytes.empty()) {
    ssize_t sent = ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      STINT_CHECK(errno == EPIPE || errno == ECONNRESET);
      break;
    }
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  turn();
}

// What the Connection asks, so that it never finds its socket full.
void RedisPeer::discard() {
  std::array<char, 65536> bytes{};
  while (recv(peer_, bytes.data(), bytes.size(), 0) > 0) {
  }
}

void RedisPeer::hang_up() {
  discard();
  close(peer_);
  peer_ = -1;
  turn();
}

}  // namespace stint::fuzz
