// The record of a job as Redis keeps it in `P jobs`: text, which scripts cut with string.match.
//   line 1  the resource, empty if none
//   line 2  task created nonce NAME=VALUE...
//   rest    the parameters, byte for byte; no third line: they are longer than kInlineParams and
//   live in `P params`
// Most jobs have no NAME=VALUE: what is as usual is not written. docs/protocol.md, "Record", says
// what there is. With a task of six letters and 100 bytes of parameters that are 124 bytes, and
// with Redis' own four a whole block of 128: a byte more costs 32. Persisted: changing it means a
// new `format` (docs/protocol.md, "Versions").
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
  std::string_view task;
  int64_t created_ms = 0;
  std::string_view nonce;
  int attempts = 0;
  int crashes = 0;
  int losses = 0;
  int since = 0;  // attempts at the last manual retry: budgets count from there
  LimitsSaid limits;
  std::optional<std::string_view> params;  // empty: in `P params`
};

// The views point into `text`. On failure: kInvalid ("corrupt record: ..."). Never throws.
// Thread-safe.
Result<Record> parse_record(std::string_view text);

// The text for `P jobs`; the caller sends spec.params to `P params` where params_apart(spec).
std::string make_record(const JobSpec& spec, std::string_view nonce, int64_t created_ms);
void append_record(std::string& out, const JobSpec& spec, std::string_view nonce,
                   int64_t created_ms);
inline bool params_apart(const JobSpec& spec) {
  return spec.params.size() > kInlineParams;
}

}  // namespace stint
