// Reads jobs from the queue and makes views of them, in bounded batches (each may bring a megabyte
// of parameters).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/cli/job_view.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// One a job, in order; empty where there is no such job.
Result<std::vector<std::optional<JobView>>> look_at(Session& session,
                                                    std::span<const std::string> ids);

// job show: prints all of them. kNoSuchJob if one is missing.
ExitCode show_jobs(Session& session, const std::vector<std::string>& ids);

}  // namespace stint::cli
