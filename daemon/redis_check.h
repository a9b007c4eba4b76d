// Whether this Redis can keep the promise, asked on every new connection of the daemon: version 7.0
// or newer, does not evict, holds our `format` or none yet, lets us do what we must. Also enters
// the queues' names. Supervisor, on its thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/redis/connection.h"

namespace stint {

// From the text of INFO. On failure: kConfig. The value: a warning, or empty.
Result<std::string> judge_server(std::string_view info);

struct RedisFacts {
  std::vector<std::string> warnings;
  std::string data;  // the name of the data in our namespace; empty: not known
};

// done: the facts, or kConfig (never right by waiting), or kRefused / kUnavailable (try again
// later).
void check_redis(redis::Connection& redis, const Config& config,
                 std::function<void(Result<RedisFacts>)> done);

}  // namespace stint
