// A job as its fields were said, in words: by the options of `stint submit`, or by a program. Pure.
#pragma once

#include <optional>
#include <string>

#include "common/error.h"
#include "common/job/spec.h"

namespace stint {

struct JobFields {
  std::string task;
  std::string params = "null";  // JSON, kept byte for byte
  std::optional<std::string> id, resource, backoff, delay, at, lease, timeout, keep;
  std::optional<int> retries, crash_limit;
};

// By the rules for an inbox entry. On failure: kInvalid, "field 'lease': what is wrong with it", or
// that two fields exclude each other.
Result<JobSpec> spec_of(JobFields fields);

}  // namespace stint
