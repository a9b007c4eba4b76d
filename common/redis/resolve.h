// getaddrinfo() with a deadline, for the blocking client: a name service that is down must not hold
// up a command line. Private to common/redis.
#pragma once

#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "common/redis/socket.h"

namespace stint::redis {

// On failure: kUnavailable, the cause alone. The lookup goes on in a thread of its own, which is
// left behind.
Result<std::vector<Address>> resolve(const Url& url, MonoTime deadline);

}  // namespace stint::redis
