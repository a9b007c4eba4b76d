#include "client/job_view.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "client/json_object.h"
#include "common/job/record.h"
#include "common/queue/upkeep.h"

namespace stint {
namespace {

std::optional<int64_t> score_ms(const std::string& score) {
  if (score.empty()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(std::strtod(score.c_str(), nullptr));
}

int64_t configured_retries(const Config& config, const std::string& queue,
                           const std::string& task) {
  Limits limits;
  for (const auto& q : config.queues) {
    if (q.name == queue) {
      limits = queue_limits(q);
    }
  }
  auto said = config.tasks.find(task);
  return said == config.tasks.end() ? limits.retries : apply(limits, said->second).retries;
}

// `token worker started lease retries ...`: the retries in force, once a heartbeat has said them.
std::optional<int64_t> retries_in_force(const std::string& active) {
  std::istringstream in(active);
  std::string word;
  for (int i = 0; i < 5; ++i) {
    in >> word;
  }
  int64_t n = 0;
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), n);
  bool whole = in && error == std::errc() && end == word.data() + word.size();
  return whole ? std::optional(n) : std::nullopt;
}

void read_record(JobView& view, const Inspected& job, const Config& config) {
  auto record = parse_record(job.record);
  if (!record) {
    view.damage = record.error().message;
    return;
  }
  view.task = std::string(record->task);
  view.resource = std::string(record->resource);
  view.created_ms = record->created_ms;
  view.attempt = record->attempts;
  view.params = record->params ? std::string(*record->params) : job.params;
  view.retries = record->limits.retries
                     ? *record->limits.retries
                     : retries_in_force(job.active)
                           .value_or(configured_retries(config, view.queue, view.task));
}

// What a clock that was set cannot say is not said.
std::optional<int64_t> claim_time(int64_t claimed_ms, std::optional<int64_t> created_ms,
                                  int64_t now_ms) {
  bool can_be = claimed_ms >= created_ms.value_or(0) && claimed_ms <= now_ms;
  return can_be ? std::optional(claimed_ms) : std::nullopt;
}

void read_attempt(JobView& view, const Inspected& job, int64_t now_ms) {
  auto entry = parse_active(job.active);
  view.attempt += 1;
  if (!entry) {
    view.damage = entry.error().message;
    return;
  }
  view.token = static_cast<int64_t>(entry->token);
  view.worker = std::string(entry->worker);
  view.claimed_ms = claim_time(entry->claimed_ms, view.created_ms, now_ms);
  if (view.claimed_ms) {
    view.started_at = rfc3339(*view.claimed_ms);
  }
}

void read_end(JobView& view, const Inspected& job) {
  Outcome outcome = parse_outcome(job.outcome);
  view.outcome = outcome_name(outcome);
  view.result = outcome.result;
  view.attempt = outcome.attempt.value_or(view.attempt);
  view.started_at = outcome.started_at;
  view.finished_at = outcome.finished_at;
  view.errors = std::move(outcome.errors);
}

// The fields that list and show share, in the order of show; `middle` goes where show has them.
JsonObject common_fields(const JobView& j, bool with_params) {
  JsonObject o;
  o.text("id", std::string_view(j.id)).text("queue", std::string_view(j.queue));
  o.text("task", j.task.empty() ? std::nullopt : std::optional(j.task));
  o.text("resource", j.resource.empty() ? std::nullopt : std::optional(j.resource));
  o.text("state", std::string_view(j.state));
  if (with_params) {
    o.raw("params", j.params);
  }
  o.number("attempt", j.attempt).number("retries", j.retries);
  o.time("created_at", j.created_ms).time("due_at", j.due_ms);
  o.text("started_at", j.started_at).text("finished_at", j.finished_at);
  o.text("worker", j.worker).number("token", j.token).raw("progress", j.progress);
  o.text("blocked_by", j.blocked_by);
  o.text("outcome", j.outcome.empty() ? std::nullopt : std::optional(j.outcome));
  return o;
}

}  // namespace

JobView make_view(const std::string& id, const Inspected& job, const Config& config,
                  const std::string& queue, int64_t now_ms) {
  JobView view;
  view.id = id;
  view.queue = queue;
  Place place = place_of(job);
  view.state = std::string(to_string(place));
  read_record(view, job, config);
  view.errors = parse_errors(job.errors);
  view.cancel = job.cancel;
  view.log_lines = std::atoll(job.logs.c_str());  // "<last number> <bytes>"
  if (size_t newline = job.logs.find('\n'); newline != std::string::npos) {
    view.progress = job.logs.substr(newline + 1);
  }
  if (place == Place::kActive) {
    read_attempt(view, job, now_ms);
  } else if (place == Place::kScheduled) {
    view.due_ms = score_ms(job.scheduled);
  } else if (place == Place::kBlocked) {
    view.blocked_since_ms = score_ms(job.blocked);
    view.blocked_by = job.lock_holder.empty() ? std::nullopt : std::optional(job.lock_holder);
  } else if (place == Place::kFailed || place == Place::kDone) {
    read_end(view, job);
  }
  return view;
}

std::string show_json(const JobView& j) {
  std::vector<std::string> errors;
  for (const auto& error : j.errors) {
    errors.push_back(error_json(error));
  }
  return common_fields(j, true).raw("result", j.result).raw("errors", json_array(errors)).str();
}

std::string list_json(const JobView& j) {
  // Errors of earlier attempts do not explain a success.
  bool explains = !j.errors.empty() && j.outcome != "succeeded";
  auto last = explains ? std::optional(j.errors.back()) : std::nullopt;
  return common_fields(j, false)
      .text("error", last ? std::optional(last->message) : std::nullopt)
      .text("kind", last ? std::optional(last->kind) : std::nullopt)
      .str();
}

std::string on_one_line(std::string json) {
  std::replace(json.begin(), json.end(), '\n', ' ');
  std::replace(json.begin(), json.end(), '\r', ' ');
  return json;
}

}  // namespace stint
