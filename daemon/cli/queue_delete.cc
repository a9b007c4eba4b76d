// `stint queue delete`: a queue that nobody needs any more leaves the list.
#include "client/door.h"
#include "client/json_object.h"
#include "common/queue/forget.h"
#include "common/refusal.h"
#include "daemon/cli/queue_names.h"
#include "daemon/cli/queue_stats.h"
#include "daemon/cli/steer.h"

namespace stint::cli {
namespace {

using Status = Forgotten::Status;

// What stands against it, and what to do about that.
std::string why_not(const std::string& queue, const Forgotten& answer) {
  const std::string option = " -q " + queue;
  switch (answer.status) {
    case Status::kJobs:
      return "it holds " + counted(answer.n, "job") + ": let them end, or stint job delete --all" +
             option + "; stint queue list " + queue + " says where they are";
    case Status::kInbox:
      return "its inbox holds " + grouped(answer.n) + (answer.n == 1 ? " entry" : " entries") +
             " that no daemon has taken";
    case Status::kRejected:
      return "it holds " + grouped(answer.n) + " rejected " +
             (answer.n == 1 ? "entry" : "entries") + ": stint rejected delete --all" + option;
    case Status::kWorkers:
      return counted(answer.n, "live worker") + (answer.n == 1 ? " serves it" : " serve it") +
             ": take it out of their configuration first; one that has just died counts for a "
             "minute";
    case Status::kGone:
    case Status::kNone:
      break;
  }
  return "";
}

class Deletion {
 public:
  Deletion(Session& session, const QueueDeleteOptions& options)
      : session_(session), options_(options), queue_(session.keys().queue()) {}

  ExitCode run() {
    auto foreseen = explained(foresee_forgetting(ask_, session_.keys(), session_.config().ns));
    if (!foreseen || foreseen->status != Status::kGone || options_.dry_run) {
      return say(foreseen);
    }
    ExitCode agreed = confirm(session_.out(), {"delete queue " + queue_ + "?"}, options_.yes);
    if (agreed != ExitCode::kOk) {
      return agreed;
    }
    // Who is asked may think for long.
    auto fit = session_.refresh();
    fit = fit ? check_rights(session_) : fit;
    return say(fit ? explained(forget_for_good(ask_, session_.keys(), session_.config().ns))
                   : Result<Forgotten>(fit.error()));
  }

 private:
  Result<Forgotten> explained(const Result<Forgotten>& answer) const {
    return answer ? answer : Result<Forgotten>(explain_refusal(answer.error(), session_.config()));
  }

  ExitCode say(const Result<Forgotten>& answer) const {
    const Output& out = session_.out();
    if (!answer) {
      return out.fail(answer.error());
    }
    bool gone = answer->status == Status::kGone;
    if (out.json()) {
      out.line(JsonObject()
                   .text("queue", std::string_view(queue_))
                   .boolean("deleted", gone && !options_.dry_run)
                   .str());
    }
    if (!gone) {
      return refuse(*answer);
    }
    if (!out.json()) {
      out.line("queue " + queue_ + (options_.dry_run ? " would be deleted" : " is deleted"));
    }
    return ExitCode::kOk;
  }

  ExitCode refuse(const Forgotten& answer) const {
    if (answer.status == Status::kNone) {
      auto name = nearest_queue(session_);
      session_.out().complain("no queue " + queue_ + " is known" +
                              (name ? "; did you mean " + *name + "?" : ""));
    } else {
      session_.out().complain("queue " + queue_ + " is not deleted: " + why_not(queue_, answer));
    }
    return ExitCode::kFailed;
  }

  Session& session_;
  AskOne ask_ = [this](const redis::Command& command) { return session_.ask(command); };
  const QueueDeleteOptions& options_;
  const std::string& queue_;
};

}  // namespace

ExitCode run_queue_delete(const Globals& globals, const QueueDeleteOptions& options) {
  auto named = with_queue(globals, options.queue);
  if (!named) {
    return Output(globals).fail(named.error());
  }
  if (named->flags.queues.empty()) {
    return Output(globals).fail(
        {ErrorCode::kInvalid, "which queue? stint queue delete NAME; stint queue list shows all"});
  }
  auto session = Session::open(*named);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  return Deletion(*session, options).run();
}

}  // namespace stint::cli
