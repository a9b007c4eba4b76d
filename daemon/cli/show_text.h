// `job show` for people: a field a line, and last the answer to "why does it not run".
#pragma once

#include <string>

#include "client/job_view.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// gap: an empty line before it.
void show_text(Session& session, const JobView& job, bool gap);

// "held by job X since ..", "queue paused", "no live worker lists this task", "all 8 slots are
// busy", "due at ..". Asks the queue for what it needs. Empty if there is nothing to say.
std::string why_text(Session& session, const JobView& job);

// "in 5m3s", "2h1m ago".
std::string time_from(int64_t at_ms, int64_t now_ms);

}  // namespace stint::cli
