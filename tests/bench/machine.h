// What this machine and its Redis can do at best, whatever a queue does: the measure for our own
// figures.
#pragma once

#include "common/redis/client.h"

namespace stint {

// Prints "CEILING cycles seconds": four connections, each in turn an LPUSH of 100 jobs, a Lua claim
// of them with a record and a deadline each, and a Lua acknowledgement of all; no tokens, locks,
// limits or replays.
void measure_ceiling(const redis::Url& url, double seconds);

// Prints "PING p50 p99", microseconds, of so many pings with a pause before each.
void measure_ping(redis::Client& client, int count, int pause_ms);

}  // namespace stint
