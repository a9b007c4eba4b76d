// What the Redis user of a program may not do on the keys of a queue, asked before the first write:
// a script that is refused a command half way would leave the queue in disorder. Any process.
#pragma once

#include "common/config/config.h"
#include "common/error.h"
#include "common/queue/ask_one.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

redis::Command rights(const Keys& keys);
// On failure: kConfig, which names what is refused and how to grant it.
Result<void> judge_rights(const Config& config, const Keys& keys, redis::ReplyView reply);
// Both. On failure also: why it could not be asked.
Result<void> check_rights(const AskOne& ask, const Config& config, const Keys& keys);
// An error as it is; a NOPERM as kConfig with the same advice.
Error explain_noperm(const Error& error, const Config& config);
// The refusal of a command on `<ns>:meta`. A key of another type as kConfig: what the data are
// cannot be known, so nobody may touch them before somebody has looked. Others as above.
Error explain_meta(const Error& error, const Config& config);

}  // namespace stint
