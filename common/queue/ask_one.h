// A synchronous way to Redis, as a program has it: with its reconnects, and its words for a
// refusal.
#pragma once

#include <functional>

#include "common/error.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

using AskOne = std::function<Result<redis::OwnedReply>(const redis::Command&)>;

}  // namespace stint
