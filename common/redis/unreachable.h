// What a person is told where Redis cannot be reached: the same words in every program.
#pragma once

#include <optional>
#include <string>

#include "common/error.h"
#include "common/gate.h"
#include "common/redis/url.h"

namespace stint::redis {

// Pure. The cause with the place where it stands and what to try, for kUnavailable; any other error
// as it is. embedded: no redis.url is configured, so that it should be stintd's own.
// word: how its user says where Redis is, "--redis".
Error with_advice(const Error& cause, bool embedded, const std::string& word);

// Pure. What to do about the socket or the folder where we were stopped: the command that adds us
// to the group; not to that of root or to nogroup, which would give much more than a queue: then
// whose rights are needed.
std::string way_through(const Gate& gate, const std::string& us);

// Nothing unless url is a socket that we may not use: then kUnavailable, with the way through.
std::optional<Error> forbidden(const Url& url);

}  // namespace stint::redis
