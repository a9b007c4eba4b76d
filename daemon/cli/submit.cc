#include "daemon/cli/submit.h"

#include <algorithm>
#include <utility>

#include "client/json_object.h"
#include "client/submitter.h"
#include "common/interrupt.h"
#include "common/text/text.h"
#include "daemon/cli/look.h"
#include "daemon/cli/task_hints.h"
#include "daemon/cli/wait.h"

namespace stint::cli {
namespace {

constexpr milliseconds kSeen{60'000};  // as long as an awaited job is kept at least

// An awaited job must still be there when we look; so it says itself how long it is kept.
void keep_to_be_seen(JobSpec& spec, const Session& session) {
  Limits limits = queue_limits(session.queue_config());
  auto task = session.config().tasks.find(spec.task);
  if (task != session.config().tasks.end()) {
    limits = apply(limits, task->second);
  }
  spec.limits.keep = std::max(spec.limits.keep.value_or(limits.keep), kSeen);
}

ExitCode say_submitted(const Session& session, const std::string& id, const Submitted& answer) {
  const Output& out = session.out();
  std::string place(to_string(answer.place));
  if (answer.status == Submitted::Status::kConflict) {
    out.complain(conflict_text(id, answer.place) + ": nothing was submitted; " +
                 job_command(session, "job show", id));
    return ExitCode::kFailed;
  }
  bool created = answer.status == Submitted::Status::kCreated;
  if (!created) {
    out.note("the id is known and is not queued again: " + id + " is " + place);
  }
  if (out.json()) {
    out.line(JsonObject()
                 .text("id", std::string_view(id))
                 .text("queue", std::string_view(session.keys().queue()))
                 .boolean("created", created)
                 .text("state", std::string_view(place))
                 .str());
  } else {
    out.line(shown(id));
  }
  return ExitCode::kOk;
}

// Whoever reads JSON gets the id in any case: it may have been generated.
void show_for_programs(Session& session, const std::string& id) {
  if (session.out().json()) {
    (void)show_jobs(session, {id});
  }
}

void say_end(Session& session, const std::string& id, const Waited& waited) {
  const Output& out = session.out();
  switch (waited.how) {
    case Waited::How::kEnded:
      if (waited.outcome.state == "done" && !out.json()) {
        out.line(waited.outcome.result.empty() ? "null" : waited.outcome.result);
      }
      show_for_programs(session, id);
      if (waited.outcome.state != "done") {
        const auto& errors = waited.outcome.errors;
        out.complain_lines(
            id + " " + waited.outcome.state +
            (errors.empty() ? "" : ": " + errors.back().kind + ": " + errors.back().message));
      }
      break;
    case Waited::How::kGone:
    case Waited::How::kNever:
      out.complain(id + " has ended and was not kept: how it ended is not known");
      break;
    case Waited::How::kTimedOut:
      show_for_programs(session, id);
      out.complain("the wait timed out; " + id +
                   " goes on: " + job_command(session, "job wait", id));
      break;
    case Waited::How::kInterrupted:
      show_for_programs(session, id);
      out.complain("interrupted; " + id +
                   " is submitted and goes on: " + job_command(session, "job wait", id));
      break;
  }
}

ExitCode await_end(Session& session, const std::string& id, std::optional<milliseconds> limit) {
  ExitCode code = ExitCode::kOk;
  auto waited = wait_for(session, {id}, true, limit, [&](const auto& job, const auto& how) {
    code = code_of(how);
    say_end(session, job, how);
  });
  return waited ? code : session.out().fail(waited.error());
}

Result<std::optional<milliseconds>> wait_limit(const SubmitOptions& options) {
  if (!options.wait || *options.wait == "forever") {
    return std::optional<milliseconds>();
  }
  auto limit = parse_duration(*options.wait);
  if (!limit) {
    return with_context("--wait", limit.error());
  }
  return std::optional(*limit);
}

Result<void> check_words(const SubmitOptions& options) {
  if (options.job.task.empty()) {
    return Error{ErrorCode::kInvalid,
                 "submit what? stint submit TASK, or stint submit --bulk FILE"};
  }
  return {};
}

ExitCode submit_and_wait(Session& session, JobSpec spec, const SubmitOptions& options,
                         std::optional<milliseconds> limit) {
  bool waits = options.wait.has_value();
  if (waits) {
    keep_to_be_seen(spec, session);
  }
  InterruptScope scope;
  auto answer = submit_one(session, options.again, spec);
  if (!answer) {
    return session.out().fail(answer.error());
  }
  bool says_id = !waits || answer->status == Submitted::Status::kConflict;
  if (says_id) {
    ExitCode code = say_submitted(session, spec.id, *answer);
    if (code != ExitCode::kOk) {
      return code;
    }
  }
  if (answer->place != Place::kDone && answer->place != Place::kFailed) {
    hint_unserved(session, {spec.task});
  }
  return waits ? await_end(session, spec.id, limit) : ExitCode::kOk;
}

}  // namespace

ExitCode run_submit(const Globals& globals, const SubmitOptions& options) {
  Output out(globals);
  if (auto good = check_words(options); !good) {
    return out.fail(good.error());
  }
  auto limit = wait_limit(options);
  if (!limit) {
    return out.fail(limit.error());
  }
  auto spec = spec_of(options);
  if (!spec) {
    return out.fail(spec.error());
  }
  auto session = Session::open(globals, Purpose::kSubmit);
  if (!session) {
    return out.fail(session.error());
  }
  return submit_and_wait(*session, std::move(*spec), options, *limit);
}

}  // namespace stint::cli
