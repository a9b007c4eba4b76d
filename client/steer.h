// Cancel, delete or retry some jobs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/session.h"
#include "common/queue/steer.h"

namespace stint {

enum class Verb { kRetry, kDelete, kCancel };

struct Steering {
  Verb verb = Verb::kRetry;
  bool force = false;      // delete: cancel active jobs first
  bool also_done = false;  // retry
  milliseconds spread{0};  // retry: not all at once
};

// One call, sent once: after kUnavailable it may have happened. Requires: at most kBatchJobs ids.
Result<std::vector<Steered>> steer_batch(QueueSession& session, const Steering& steering,
                                         std::optional<Place> expected,
                                         std::span<const std::string> ids);

// What steer_batch() would answer of a job that is there (empty: there is none), by the rules of
// its scripts: for dry runs.
Steered foreseen(const Steering& steering, std::optional<Place> place);

}  // namespace stint
