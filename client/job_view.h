// A job as `job show` and `job list` print it: made from what the queue knows (Inspected), printed
// as JSON or for people. Field names and null rules are public: DO NOT CHANGE. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/outcome.h"
#include "common/config/config.h"
#include "common/queue/steer.h"

namespace stint {

struct JobView {
  std::string id, queue, task, resource, state;
  std::string params;  // JSON; empty: unreadable
  int64_t attempt = 0;
  int64_t retries = 0;
  std::optional<int64_t> created_ms, due_ms, claimed_ms, token, blocked_since_ms;
  std::optional<std::string> started_at, finished_at, worker, blocked_by;
  std::string progress;  // JSON; empty: none
  int64_t log_lines = 0;
  std::string outcome;  // succeeded, failed, cancelled; empty: has not ended
  std::string result;
  std::vector<AttemptError> errors;
  std::string cancel;  // cancel or delete, asked for
  std::string damage;  // why the record could not be read
};

// now_ms: Redis' or this host's clock; only to tell whether a token was made from the clock.
JobView make_view(const std::string& id, const Inspected& job, const Config& config,
                  const std::string& queue, int64_t now_ms);

std::string show_json(const JobView& job);  // job show
std::string list_json(
    const JobView& job);  // job list: without params, result and errors, plus error
// A result or parameters may hold newlines between values: here without, for one object a line.
std::string on_one_line(std::string json);

}  // namespace stint
