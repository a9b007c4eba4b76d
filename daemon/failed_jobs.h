// All failed jobs of a queue at once, for `stintd --retry-failed` and `--delete-failed`: in
// batches, oldest first, and none that fails after it has begun: that would be retried over and
// over. Synchronous, one thread; SIGINT (InterruptScope) ends it between two batches.
#pragma once

#include <string>
#include <vector>

#include "common/error.h"
#include "common/queue/ask_one.h"
#include "common/queue/keys.h"

namespace stint {

// done: the ids, as they are steered; on failure too.
Result<void> retry_failed(const AskOne& ask, const Keys& keys, std::vector<std::string>& done);
Result<void> delete_failed(const AskOne& ask, const Keys& keys, std::vector<std::string>& done);

}  // namespace stint
