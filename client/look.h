// Reads jobs from the queue and makes views of them, in bounded batches (each may bring a megabyte
// of parameters).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/job_view.h"
#include "client/session.h"

namespace stint {

// One a job, in order; empty where there is no such job.
Result<std::vector<std::optional<JobView>>> look_at(QueueSession& session,
                                                    std::span<const std::string> ids);

// Where each is now; empty: no such job. Requires: at most kBatchJobs ids.
Result<std::vector<std::optional<Place>>> places_of(QueueSession& session,
                                                    std::span<const std::string> ids);

Error no_such_job(const std::string& queue, const std::string& id);  // kNotFound

}  // namespace stint
