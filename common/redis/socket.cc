#include "common/redis/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <string>

#include <netdb.h>

namespace stint::redis {

namespace {

Error socket_error(int error) {
  return {ErrorCode::kUnavailable, system_error_text(error)};
}

Address unix_address(const std::string& path) {
  Address address;
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.data(), std::min(path.size(), sizeof un.sun_path - 1));
  std::memcpy(&address.storage, &un, sizeof un);
  address.size = sizeof un;
  return address;
}

// An idle peer that is gone is noticed after half a minute; small commands leave at once.
void tune_tcp(int fd) {
  int on = 1;
  int idle_s = 15;
  int interval_s = 5;
  int probes = 3;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
  (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
  (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

}  // namespace

std::string system_error_text(int error) {
  std::array<char, 128> text{};
  // The GNU strerror_r: may return a string of its own.
  return strerror_r(error, text.data(), text.size());
}

addrinfo resolve_hints() {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  return hints;
}

std::vector<Address> to_addresses(const addrinfo* list) {
  std::vector<Address> out;
  for (; list != nullptr; list = list->ai_next) {
    Address address;
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.size = list->ai_addrlen;
    out.push_back(address);
  }
  return out;
}

std::vector<Address> literal_address(const Url& url) {
  if (!url.socket.empty()) {
    return {unix_address(url.socket)};
  }
  addrinfo hints = resolve_hints();
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list) != 0) {
    return {};
  }
  auto out = to_addresses(list);
  freeaddrinfo(list);
  return out;
}

Result<UniqueFd> begin_connect(const Address& address) {
  int family = address.storage.ss_family;
  UniqueFd fd(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) {
    return socket_error(errno);
  }
  if (family != AF_UNIX) {
    tune_tcp(fd.get());
  }
  sockaddr_storage storage = address.storage;
  void* raw = &storage;
  if (connect(fd.get(), static_cast<sockaddr*>(raw), address.size) != 0 && errno != EINPROGRESS) {
    return socket_error(errno);
  }
  return fd;
}

int connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Result<ssize_t> send_some(int fd, const char* bytes, size_t size) {
  ssize_t n = 0;
  do {
    n = send(fd, bytes, size, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0 && errno != EAGAIN) {
    return socket_error(errno);
  }
  return n;
}

Result<ssize_t> receive_some(int fd, char* bytes, size_t size) {
  ssize_t n = 0;
  do {
    n = recv(fd, bytes, size, 0);
  } while (n < 0 && errno == EINTR);
  if (n == 0) {
    return Error{ErrorCode::kUnavailable, "closed by Redis"};
  }
  if (n < 0 && errno != EAGAIN) {
    return socket_error(errno);
  }
  return n;
}

}  // namespace stint::redis
