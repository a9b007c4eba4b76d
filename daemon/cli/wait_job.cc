// `stint job wait`: what is printed while jobs end.
#include "client/json_object.h"
#include "client/look.h"
#include "common/interrupt.h"
#include "common/text/text.h"
#include "daemon/cli/look.h"
#include "daemon/cli/no_such_job.h"
#include "daemon/cli/wait.h"

namespace stint::cli {
namespace {

// A job that succeeded after a failed attempt has nothing to explain.
std::string why_it_ended(const Outcome& outcome) {
  if (outcome.state == "done") {
    return "";
  }
  return outcome.errors.empty() ? outcome.reason.value_or("")
                                : outcome.errors.back().kind + ": " + outcome.errors.back().message;
}

class Report {
 public:
  Report(Session& session, size_t ids) : session_(session), several_(ids > 1) {}

  void add(const std::string& id, const Waited& waited) {
    worst_ = worse(worst_, code_of(waited));
    const Output& out = session_.out();
    switch (waited.how) {
      case Waited::How::kEnded:
        ++ended_;
        say_end(id, waited.outcome);
        break;
      case Waited::How::kGone:
        ++ended_;
        out.complain(id + " has ended and was not kept: how it ended is not known");
        break;
      case Waited::How::kNever:
        (void)say_no_such_job(session_, id);
        break;
      case Waited::How::kTimedOut:
      case Waited::How::kInterrupted:
        ++left_;
        break;
    }
  }

  ExitCode finish() const {
    if (left_ > 0) {
      session_.out().complain(
          (interrupted() ? std::string("interrupted: ") : std::string("the wait timed out: ")) +
          grouped(ended_) + " ended, " + counted(left_, "job") +
          " still on the way (they go on without this wait)");
    }
    return worst_;
  }

 private:
  void say_end(const std::string& id, const Outcome& outcome) {
    if (!session_.out().json()) {
      std::string why = why_it_ended(outcome);
      session_.out().line(shown(id) + "  " + outcome_name(outcome) +
                          (why.empty() ? "" : "  " + shown_lines(why, 2)));
      return;
    }
    const std::vector<std::string> one{id};
    auto view = look_at(session_, one);
    std::string text = view && view->front() ? show_json(*view->front()) : bare_json(id, outcome);
    session_.out().line(several_ ? on_one_line(text) : text);
  }

  // Ended, and gone between two looks, or never a job (rejected): what the outcome says.
  std::string bare_json(const std::string& id, const Outcome& outcome) const {
    JobView view;
    view.id = id;
    view.queue = session_.keys().queue();
    view.state = outcome.state == "rejected" ? "rejected" : "done";
    view.outcome = outcome_name(outcome);
    view.result = outcome.result;
    view.attempt = outcome.attempt.value_or(0);
    view.started_at = outcome.started_at;
    view.finished_at = outcome.finished_at;
    view.errors = outcome.errors;
    if (view.state == "rejected" && outcome.reason) {
      view.errors.push_back({.attempt = {},
                             .kind = "rejected",
                             .message = *outcome.reason,
                             .signal = {},
                             .worker = {},
                             .at = {}});
    }
    return show_json(view);
  }

  Session& session_;
  bool several_;
  ExitCode worst_ = ExitCode::kOk;
  int64_t ended_ = 0;
  int64_t left_ = 0;
};

}  // namespace

ExitCode code_of(const Waited& waited) {
  switch (waited.how) {
    case Waited::How::kEnded:
      return waited.outcome.state == "done" ? ExitCode::kOk : ExitCode::kJobFailed;
    case Waited::How::kGone:
      return ExitCode::kFailed;  // nobody knows whether it did: not a success
    case Waited::How::kNever:
      return ExitCode::kNoSuchJob;
    case Waited::How::kTimedOut:
      return ExitCode::kWaitTimedOut;
    case Waited::How::kInterrupted:
      return ExitCode::kInterrupted;
  }
  return ExitCode::kFailed;
}

ExitCode run_wait(const Globals& globals, const WaitOptions& options) {
  std::optional<milliseconds> limit;
  if (options.limit) {
    auto parsed = parse_duration(*options.limit);
    if (!parsed) {
      return Output(globals).fail(with_context("--for", parsed.error()));
    }
    limit = *parsed;
  }
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  InterruptScope scope;
  Report report(*session, options.ids.size());
  auto waited = wait_for(*session, options.ids, false, limit,
                         [&report](const auto& id, const auto& how) { report.add(id, how); });
  if (!waited) {
    return session->out().fail(waited.error());
  }
  return report.finish();
}

}  // namespace stint::cli
