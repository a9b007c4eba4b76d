// What must be there before the first write to a queue: the rights of the Redis user; before the
// first job of a run, and before a queue is paused, also the queue's name in `<ns>:queues` and the
// format in `<ns>:meta`.
#pragma once

#include "client/session.h"

namespace stint {

// Both once a connection and queue. On failure: kUnavailable, kRefused, kConfig (a right is
// missing).
Result<void> check_rights(QueueSession& session);
Result<void> open_door(QueueSession& session);

// The queue's name into the set of queues, whatever is there.
redis::Command enter_queue(const QueueSession& session);

}  // namespace stint
