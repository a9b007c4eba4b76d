// What a redis-server that was killed while it wrote a script leaves in its append-only file: a
// MULTI with no EXEC. Redis 7.0 cuts off the torn command alone when it starts, writes on behind
// the open MULTI, and its next start then runs the first half of that script as well. So before
// it starts all of the half is cut off. Nobody was told that it was done: Redis writes before it
// answers. Used by EmbeddedRedis, in stintd.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "common/error.h"
#include "common/unique_fd.h"

struct uv_loop_s;

namespace stint {

// folder: Redis' appendonlydir; one that is not there, or has no file of commands, is left as it
// is, and so is a file that is damaged otherwise: that is for Redis to say. The result: bytes cut
// off. On failure: kInternal with path and cause; also if `wanted` ends meanwhile.
Result<off_t> cut_half_script(const std::string& folder, const std::weak_ptr<int>& wanted);

// The same in a thread of libuv's, since a file of a gigabyte takes a second; logs the result. done
// is called on the loop, once, unless alive has ended by then. lock: of the folder, held until
// then.
void cut_half_script(uv_loop_s* loop, std::string folder, UniqueFd lock, std::weak_ptr<int> alive,
                     std::function<void(UniqueFd lock)> done);

}  // namespace stint
