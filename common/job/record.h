// The record of a job as Redis keeps it in `P jobs`. Text, so that scripts cut it with string.find
// and never decode JSON:
//   line 1  the resource, empty if none
//   line 2  attempts crashes losses since retries crash_limit backoff nonce HEADER
//   rest    the parameters, byte for byte; no third line: they are longer than kInlineParams and
//   live in `P params`
// retries, crash_limit, backoff are "-" where the job does not say. since = attempts at the last
// manual retry: budgets count from there, attempt numbers go on. HEADER is one line of JSON that no
// script reads, its first member the task:
//   {"task":"resize","created":1763661387123,"lease":30000,"timeout":0,"keep":0}     (times and
//   durations in ms)
// Persisted: changing it means a new `format` (docs/protocol.md, "Versions").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.h"
#include "common/job/spec.h"

namespace stint {

struct Record {
  std::string_view resource;
  int attempts = 0;
  int crashes = 0;
  int losses = 0;
  int since = 0;
  LimitsSaid limits;
  std::string_view nonce;
  std::string_view task;
  int64_t created_ms = 0;
  std::optional<std::string_view> params;  // empty: in `P params`
};

// The views point into `text`. On failure: kInvalid ("corrupt record: ..."). Never throws.
// Thread-safe.
Result<Record> parse_record(std::string_view text);

// The text for `P jobs`; the caller sends spec.params to `P params` where params_apart(spec).
std::string make_record(const JobSpec& spec, std::string_view nonce, int64_t created_ms);
inline bool params_apart(const JobSpec& spec) {
  return spec.params.size() > kInlineParams;
}

}  // namespace stint
