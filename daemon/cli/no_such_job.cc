#include "daemon/cli/no_such_job.h"

#include <algorithm>
#include <vector>

#include "client/look.h"
#include "client/outcome.h"
#include "daemon/cli/queue_names.h"

namespace stint::cli {
namespace {

constexpr int64_t kMostQueuesNamed = 3;

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
  return "its inbox entry was rejected: " + outcome.reason.value_or("nobody says why") + "; " +
         job_command(session, "rejected list", id) + " shows it";
}

// Other queues that have a job of that id; a few are enough.
std::string where_else(Session& session, const std::string& id) {
  auto queues = entered_queues(session);
  std::erase(queues, session.keys().queue());
  std::sort(queues.begin(), queues.end());
  std::vector<redis::Command> asked;
  asked.reserve(queues.size());
  for (const auto& queue : queues) {
    asked.push_back(redis::plain({"HEXISTS", Keys(session.config().ns, queue)("jobs"), id}));
  }
  auto replies = session.ask_all(asked);
  std::string text;
  int64_t said = 0;
  for (size_t i = 0; i < queues.size() && said < kMostQueuesNamed; ++i) {
    if (replies[i] && replies[i]->view().integer() == 1) {
      text += (said++ == 0 ? "" : ", ") + queues[i];
    }
  }
  return said == 0 ? "" : "queue " + text + " has it: add -q " + text.substr(0, text.find(','));
}

}  // namespace

ExitCode say_no_such_job(Session& session, const std::string& id) {
  std::string text = no_such_job(session.keys().queue(), id).message;
  std::string hint = why_rejected(session, id);
  hint = hint.empty() ? where_else(session, id) : hint;
  session.out().complain(text + (hint.empty() ? "" : "; " + hint));
  return ExitCode::kNoSuchJob;
}

}  // namespace stint::cli
