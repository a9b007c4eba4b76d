// Where a Redis is: redis://[user[:password]@]host[:port][/db] or unix:///path[?db=0].
#pragma once

#include <string>
#include <string_view>

#include "common/error.h"

namespace stint::redis {

struct Url {
  std::string socket;  // a Unix socket's path, or empty
  std::string host;    // name or address, without the brackets of IPv6
  int port = 6379;
  int db = 0;
  std::string user;      // empty: the default user
  std::string password;  // never printed

  // For messages: as written, without the password.
  std::string display() const;
  friend bool operator==(const Url&, const Url&) = default;
};

// On failure: kInvalid; rediss:// names stunnel as the way to TLS. The message never holds the
// password.
Result<Url> parse_url(std::string_view text);

}  // namespace stint::redis
