#include "client/translate.h"

#include "client/look.h"
#include "client/submitter.h"
#include "common/clock.h"
#include "common/text/text.h"

namespace stint::client {
namespace {

Code code_of(ErrorCode code, NoReply no_reply) {
  switch (code) {
    case ErrorCode::kInvalid:
      return Code::kInvalid;
    case ErrorCode::kNotFound:
      return Code::kNotFound;
    case ErrorCode::kConflict:
      return Code::kConflict;
    case ErrorCode::kUnavailable:
      return no_reply == NoReply::kUnknown ? Code::kUnknown : Code::kUnreachable;
    case ErrorCode::kRefused:
      return Code::kRefused;
    case ErrorCode::kTimedOut:
      return Code::kTimedOut;
    case ErrorCode::kConfig:
      return Code::kConfig;
    case ErrorCode::kInternal:
      return Code::kInternal;
  }
  return Code::kInternal;
}

std::optional<std::string> text_of(const std::optional<milliseconds>& time) {
  return time ? std::optional(format_duration(*time)) : std::nullopt;
}

std::optional<std::string> text_of(
    const std::optional<std::chrono::system_clock::time_point>& time) {
  if (!time) {
    return std::nullopt;
  }
  return rfc3339(std::chrono::floor<milliseconds>(time->time_since_epoch()).count());
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::vector<AttemptError> errors_of(const std::vector<stint::AttemptError>& errors) {
  std::vector<AttemptError> list;
  list.reserve(errors.size());
  for (const auto& error : errors) {
    list.push_back({error.attempt.value_or(0), error.kind, error.message});
  }
  return list;
}

std::string why(const Outcome& outcome) {
  if (!outcome.errors.empty()) {
    return ": " + outcome.errors.back().kind + ": " + outcome.errors.back().message;
  }
  return outcome.reason ? ": " + *outcome.reason : "";
}

Error no_such_job(const std::string& queue, const std::string& id) {
  return error_of(stint::no_such_job(queue, id), NoReply::kNothingDone);
}

}  // namespace

Error error_of(const stint::Error& error, NoReply no_reply) {
  return {code_of(error.code, no_reply), error.message};
}

ConfigFlags flags_of(const Options& options) {
  ConfigFlags flags;
  flags.words = {"Options::config_file", "Options::redis_url", "Options::ns",
                 "Options::queue",       "Options::state_dir", false};
  flags.config_file = options.config_file;
  flags.redis = options.redis_url;
  flags.ns = options.ns;
  flags.state_dir = options.state_dir;
  if (options.queue) {
    flags.queues = {*options.queue};
  }
  return flags;
}

JobFields fields_of(const Job& job) {
  JobFields fields;
  fields.task = job.task;
  fields.params = job.params;
  fields.id = unless_empty(job.id);
  fields.resource = unless_empty(job.resource);
  fields.backoff = job.backoff;
  fields.delay = text_of(job.delay);
  fields.at = text_of(job.at);
  fields.lease = text_of(job.lease);
  fields.timeout = text_of(job.timeout);
  fields.keep = text_of(job.keep);
  fields.retries = job.retries;
  fields.crash_limit = job.crash_limit;
  return fields;
}

Submission submission_of(const std::string& id, const stint::Result<Submitted>& answer) {
  Submission said;
  said.id = id;
  if (!answer) {
    said.error = error_of(answer.error(), NoReply::kUnknown);
    return said;
  }
  said.state = to_string(answer->place);
  said.created = answer->status == Submitted::Status::kCreated;
  if (answer->status == Submitted::Status::kConflict) {
    said.error =
        Error{Code::kConflict, conflict_text(id, answer->place) + ": nothing was submitted"};
  }
  return said;
}

Result<Ending> ending_of(const std::string& queue, const std::string& id, const Waited& waited) {
  switch (waited.how) {
    case Waited::How::kEnded:
      return Ending{outcome_name(waited.outcome), waited.outcome.result,
                    waited.outcome.reason.value_or(""), errors_of(waited.outcome.errors)};
    case Waited::How::kGone:
      return Ending{"unknown", "", "", {}};
    case Waited::How::kNever:
      return no_such_job(queue, id);
    case Waited::How::kTimedOut:
    case Waited::How::kInterrupted:
      break;
  }
  return Error{Code::kTimedOut, "the wait timed out; " + id + " goes on"};
}

Result<std::string> result_of(const std::string& queue, const std::string& id,
                              const Waited& waited) {
  if (waited.how == Waited::How::kGone) {
    return Error{Code::kNotFound, id + " has ended and was not kept: how it ended is not known"};
  }
  if (waited.how == Waited::How::kNever) {
    return no_such_job(queue, id);
  }
  if (waited.how != Waited::How::kEnded) {
    return Error{Code::kNotEnded, id + " has not ended"};
  }
  const Outcome& outcome = waited.outcome;
  if (outcome.state != "done") {
    return Error{Code::kJobFailed, id + " " + outcome.state + why(outcome)};
  }
  return outcome.result.empty() ? std::string("null") : outcome.result;
}

Status status_of(const JobView& view) {
  Status status;
  status.id = view.id;
  status.task = view.task;
  status.resource = view.resource;
  status.state = view.state;
  status.attempt = view.attempt;
  status.retries = view.retries;
  status.progress = view.progress;
  status.outcome = view.outcome;
  status.result = view.result;
  status.errors = errors_of(view.errors);
  status.json = show_json(view);
  return status;
}

Result<Cancelled> cancelled_of(const std::string& queue, const std::string& id,
                               const Steered& answer) {
  switch (answer.status) {
    case Steered::Status::kDone:
      return Cancelled::kNow;
    case Steered::Status::kFlagged:
      return Cancelled::kTold;
    case Steered::Status::kRefused:
    case Steered::Status::kSkipped:
      return Error{Code::kRefused,
                   id + " is " + std::string(to_string(answer.place)) + ": it has ended"};
    case Steered::Status::kNone:
      break;
  }
  return no_such_job(queue, id);
}

}  // namespace stint::client
