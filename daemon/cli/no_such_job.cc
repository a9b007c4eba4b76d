#include "daemon/cli/no_such_job.h"

#include "client/outcome.h"

namespace stint::cli {
namespace {

// Empty: it was not, or nobody can say.
std::string why_rejected(Session& session, const std::string& id) {
  auto reply = session.ask(redis::plain({"HGET", session.keys()("outcomes"), id}));
  if (!reply || reply->view().is_nil()) {
    return "";
  }
  Outcome outcome = parse_outcome(reply->view().str());
  if (outcome.state != "rejected") {
    return "";
  }
  return "its inbox entry was rejected: " + outcome.reason.value_or("nobody says why") +
         "; stint rejected list " + id + " shows it";
}

}  // namespace

ExitCode say_no_such_job(Session& session, const std::string& id) {
  std::string text = "no such job in queue " + session.keys().queue() + ": " + id;
  std::string rejected = why_rejected(session, id);
  session.out().complain(text + (rejected.empty() ? "" : "; " + rejected));
  return ExitCode::kNoSuchJob;
}

}  // namespace stint::cli
