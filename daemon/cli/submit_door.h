// What must be there before the first job of a run, and before a queue is paused: the queue's name
// in `<ns>:queues` and the format in `<ns>:meta`.
#pragma once

#include "daemon/cli/session.h"

namespace stint::cli {

// Idempotent. On failure: kUnavailable, kRefused, kConfig (a right is missing).
Result<void> open_door(Session& session);

}  // namespace stint::cli
