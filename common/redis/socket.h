// Sockets to Redis: always non-blocking and CLOEXEC; who waits for them (poll or libuv) is the
// caller's affair. Private to common/redis. Nothing here blocks and nothing raises SIGPIPE.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include <netdb.h>

#include "common/error.h"
#include "common/redis/url.h"
#include "common/unique_fd.h"

namespace stint::redis {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// The address, if it needs no name service: a Unix path, or a numeric host. Empty otherwise.
std::vector<Address> literal_address(const Url& url);
// As getaddrinfo() gave them, in its order.
std::vector<Address> to_addresses(const addrinfo* list);
addrinfo resolve_hints();

// Begins to connect: wait until it is writable, then ask connect_error(). On failure: kUnavailable,
// the cause alone.
Result<UniqueFd> begin_connect(const Address& address);
// The errno with which connecting ended, 0 = connected.
int connect_error(int fd);

// Bytes moved; -1: would block. On failure: kUnavailable, "closed by Redis" at the end of the
// stream.
Result<ssize_t> send_some(int fd, const char* bytes, size_t size);
Result<ssize_t> receive_some(int fd, char* bytes, size_t size);

// "permission denied", for the end of a message.
std::string system_error_text(int error);

}  // namespace stint::redis
