// Between the values of <stint/client.hpp> and ours. Pure.
#pragma once

#include <string>

#include <stint/client.hpp>

#include "client/job_fields.h"
#include "client/job_view.h"
#include "client/wait.h"
#include "common/config/toml/load.h"
#include "common/error.h"
#include "common/queue/steer.h"
#include "common/queue/submit.h"

namespace stint::client {

// What a missing reply means: where nothing can have been done, or where it can.
enum class NoReply { kNothingDone, kUnknown };
Error error_of(const stint::Error& error, NoReply no_reply);

ConfigFlags flags_of(const Options& options);
JobFields fields_of(const Job& job);
Submission submission_of(const std::string& id, const stint::Result<Submitted>& answer);
Result<Ending> ending_of(const std::string& queue, const std::string& id, const Waited& waited);
Result<std::string> result_of(const std::string& queue, const std::string& id,
                              const Waited& waited);
Status status_of(const JobView& view);
Result<Cancelled> cancelled_of(const std::string& queue, const std::string& id,
                               const Steered& answer);

}  // namespace stint::client
