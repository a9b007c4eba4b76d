// What is sent to Redis to bring a dead worker's attempts to their end: finish and release for what
// it held, at last close for every queue, which sends back what it had claimed and the recorder
// does not know. Pure. Each step may be sent twice: finish and release carry tokens, close is
// idempotent. Used by the supervisor, and by a worker that has none (worker/last_will.h).
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/redis/script.h"
#include "common/settlement/obituary.h"

namespace stint {

std::deque<redis::Command> settlement_steps(const Config& config, const std::string& worker,
                                            const std::vector<QueuePlan>& plans);

}  // namespace stint
