// What a job came to, read from the public JSON in `P outcomes` (docs/protocol.md), and the errors
// of its attempts. The result's bytes are kept as they are. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

struct AttemptError {
  std::optional<int64_t> attempt;
  std::string kind, message;
  std::optional<std::string> signal, worker, at;
};

struct Outcome {
  std::string state;  // done, failed, cancelled, rejected; empty: none, or unreadable
  std::optional<int64_t> attempt;
  std::string result;  // JSON
  std::optional<std::string> reason, started_at, finished_at;
  std::vector<AttemptError> errors;
};

Outcome parse_outcome(std::string_view text);
// Error objects as stored: joined by ",\n". One that is damaged is left out.
std::vector<AttemptError> parse_errors(std::string_view joined);
std::string error_json(const AttemptError& error);

// "done" -> "succeeded"; "failed", "cancelled", "rejected" -> themselves. Empty if it has not
// ended.
std::string outcome_name(const Outcome& outcome);

}  // namespace stint
