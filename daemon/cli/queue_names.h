// The names of queues, for those who meant another one: which are known, which is nearest to a
// word, which has a job of an id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/session.h"

namespace stint::cli {

// That a daemon or a submit has entered; empty also where Redis did not answer.
std::vector<std::string> entered_queues(Session& session);

// The nearest known one to the chosen queue, but not itself.
std::optional<std::string> nearest_queue(Session& session);

// One line on stderr if nobody ever entered the chosen queue: a typing error would look like an
// empty queue.
void hint_unknown_queue(Session& session);

// How many live workers serve each.
Result<std::vector<int64_t>> count_workers(Session& session,
                                           const std::vector<std::string>& queues);

}  // namespace stint::cli
