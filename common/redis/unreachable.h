// What a person is told where Redis cannot be reached: the same words in every program. Pure.
#pragma once

#include "common/error.h"

namespace stint::redis {

// The cause with the place where it stands and what to try, for kUnavailable; any other error as it
// is. embedded: no redis.url is configured, so that it should be stintd's own.
Error with_advice(const Error& cause, bool embedded);

}  // namespace stint::redis
