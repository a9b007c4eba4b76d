// A job as somebody asks for it: an inbox entry, a --bulk line, the options of `stint submit`.
// Already checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.h"
#include "common/job/limits.h"

namespace stint {

struct JobSpec {
  std::string task;
  std::string id;                     // never empty: generated (UUIDv7) if the caller gave none
  std::string resource;               // empty: none
  std::string params = "null";        // JSON, byte for byte as it was given
  std::optional<milliseconds> delay;  // from now, by Redis' clock
  std::optional<int64_t> at_ms;       // wall clock
  LimitsSaid limits;                  // never grace: that is the operator's
};

// One JSON object, fields as in docs/protocol.md. `type` serves for `task`. params keep their
// bytes: no number, no empty array changes. On failure: kInvalid naming what, where (field or byte)
// and the limit; an unknown field names the nearest known one. Thread-safe.
Result<JobSpec> parse_spec(std::string_view json);

// As many bytes as the text of a job may have: parameters, and room for everything else that it can
// say. What parse_spec() says of a longer one.
inline constexpr size_t kMaxSpecBytes = kMaxParams + (size_t{64} << 10);
Error spec_too_large(size_t bytes);

// The id that a refused entry asked for, if one can be read from it and is well formed: its
// submitter polls it.
std::optional<std::string> peek_id(std::string_view json);

// Each on failure: kInvalid with the rule and the limit.
Result<void> check_task_id(std::string_view text);  // [A-Za-z0-9][A-Za-z0-9._:-]{0,127}
Result<void> check_job_id(std::string_view text);   // 1..256 bytes of UTF-8, no control characters
Result<void> check_resource(
    std::string_view text);  // up to 4096 bytes of UTF-8, no control characters
Result<void> check_name(
    std::string_view text);  // queues and namespaces: [A-Za-z0-9][A-Za-z0-9._-]{0,63}
Result<void> check_json(std::string_view text, size_t max_bytes,
                        int max_depth);  // one JSON value, UTF-8

std::string new_job_id();  // UUIDv7: ids sort by the time they were made. Thread-safe

}  // namespace stint
