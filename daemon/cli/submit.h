// `stint submit`: one job from options, or many from a file of JSON lines.
#pragma once

#include <optional>
#include <string>

#include "client/job_fields.h"
#include "common/error.h"
#include "common/exit_code.h"
#include "common/job/spec.h"
#include "daemon/cli/globals.h"
#include "daemon/cli/session.h"

namespace stint::cli {

struct SubmitOptions {
  JobFields job;  // but for its parameters
  std::optional<std::string> params, params_file, bulk;
  bool again = false;
  std::optional<std::string> wait;  // "forever" or a duration
};

ExitCode run_submit(const Globals& globals, const SubmitOptions& options);
// submit_bulk.cc
ExitCode run_submit_bulk(const Globals& globals, const SubmitOptions& options);

// The options as a job, checked by the same rules as an inbox entry. On failure: kInvalid;
// kInternal: a file.
Result<JobSpec> spec_of(const SubmitOptions& options);

// The whole of a file, or of stdin for "-". On failure: kInvalid if it is longer than max_bytes,
// else kInternal.
Result<std::string> read_input(const std::string& path, size_t max_bytes);

}  // namespace stint::cli
