// What a person is told where Redis cannot be reached: the same words in every program.
#pragma once

#include <optional>

#include "common/error.h"
#include "common/redis/url.h"

namespace stint::redis {

// Pure. The cause with the place where it stands and what to try, for kUnavailable; any other error
// as it is. embedded: no redis.url is configured, so that it should be stintd's own.
Error with_advice(const Error& cause, bool embedded);

// Nothing unless url is a socket that we may not use: then kUnavailable, with the group to which
// the way there belongs and the command that adds us to it.
std::optional<Error> forbidden(const Url& url);

}  // namespace stint::redis
