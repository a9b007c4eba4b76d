// The bulk half of steer.h: list, ask, steer, sum up.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/queue/steer.h"
#include "daemon/cli/filter.h"
#include "daemon/cli/session.h"
#include "daemon/cli/steer.h"

namespace stint::cli {

struct Steering {
  Verb verb = Verb::kRetry;
  bool force = false;
  bool also_done = false;
  milliseconds spread{0};
};

// One call, sent once: after kUnavailable it may have happened. Requires: at most kBatchJobs ids.
Result<std::vector<Steered>> steer_batch(Session& session, const Steering& steering,
                                         std::optional<Place> expected,
                                         std::span<const std::string> ids);

ExitCode steer_all(Session& session, const SteerOptions& options, const Filter& filter,
                   const Steering& steering);

}  // namespace stint::cli
