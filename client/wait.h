// Waits for the ends of jobs by asking for their outcomes, in one pipeline, at growing pauses.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/outcome.h"
#include "client/session.h"

namespace stint {

struct Waited {
  enum class How {
    kEnded,     // outcome says how
    kGone,      // it was there and is not any more: it ended, and was not kept
    kNever,     // no such job
    kTimedOut,  // still on its way
    kInterrupted,
  };
  How how = How::kTimedOut;
  Outcome outcome;
};

using OnEnd = std::function<void(const std::string& id, const Waited&)>;

// on_end is called for each id once, ended ones as soon as they are seen. was_there: they are known
// to have existed. On failure: kUnavailable.
Result<void> wait_for(QueueSession& session, const std::vector<std::string>& ids, bool was_there,
                      std::optional<milliseconds> limit, const OnEnd& on_end);

}  // namespace stint
