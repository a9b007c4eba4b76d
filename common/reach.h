// Finds the Redis that the configuration means: the configured one, or the embedded one of a
// running stintd, in its state directory or in /var/lib/stint. Never starts one. For programs that
// ask and end: stint, and stintd's options that do one thing. Synchronous.
#pragma once

#include <string>
#include <utility>

#include "common/config/config.h"
#include "common/error.h"
#include "common/redis/client.h"

namespace stint {

inline constexpr milliseconds kReach{4'500};  // the promise is 5 s, all in all

struct Reached {
  redis::Client client;
  redis::Url url;
};

// Who asks.
struct Asker {
  std::string program;                 // for the operator's CLIENT LIST
  const char* redis_word = "--redis";  // how its user says where Redis is, for messages
};

// On failure: kUnavailable with the URL (without its password), the cause and what to try; where
// permission is missing it names the group and the command that adds a user to it. kConfig for
// refused credentials.
Result<Reached> reach_redis(const Config& config, const Asker& asker);

// What a connection is for: jobs are only entrusted to a Redis that keeps them. One that does not
// may still be looked at.
enum class Purpose { kLook, kSubmit };

// Whether we may use this server: its version, and the layout that it holds. Run on every new
// connection.
Result<void> check_server(redis::Client& client, const Config& config, Purpose purpose);

}  // namespace stint
