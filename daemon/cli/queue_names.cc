#include "daemon/cli/queue_names.h"

#include <algorithm>

#include "common/text/text.h"
#include "daemon/cli/workers.h"

namespace stint::cli {

std::vector<std::string> entered_queues(Session& session) {
  auto reply = session.ask(redis::plain({"SMEMBERS", queues_key(session.config().ns)}));
  return reply ? texts_of(reply->view()) : std::vector<std::string>{};
}

std::optional<std::string> nearest_queue(Session& session) {
  auto names = entered_queues(session);
  std::erase(names, session.keys().queue());
  return nearest(session.keys().queue(), names);
}

void hint_unknown_queue(Session& session) {
  auto reply = session.ask(
      redis::plain({"SISMEMBER", queues_key(session.config().ns), session.keys().queue()}));
  if (reply && reply->view().integer() == 0) {
    auto name = nearest_queue(session);
    session.out().note("no queue " + session.keys().queue() + " is known" +
                       (name ? "; did you mean " + *name + "?" : ""));
  }
}

Result<std::vector<int64_t>> count_workers(Session& session,
                                           const std::vector<std::string>& queues) {
  auto time = session.ask(redis::plain({"TIME"}));
  if (!time || time->view().size() != 2) {
    return time ? Error{ErrorCode::kInternal, "TIME: unexpected answer"} : time.error();
  }
  int64_t now_ms = time->view()[0].integer() * 1000 + time->view()[1].integer() / 1000;
  std::vector<redis::Command> asked;
  asked.reserve(queues.size());
  for (const auto& queue : queues) {
    asked.push_back(redis::plain({"ZCOUNT", Keys(session.config().ns, queue)("workers"),
                                  "(" + std::to_string(now_ms - kLiveWorker.count()), "+inf"}));
  }
  std::vector<int64_t> counts;
  for (auto& reply : session.ask_all(asked)) {
    if (!reply) {
      return reply.error();
    }
    counts.push_back(reply->view().integer());
  }
  return counts;
}

}  // namespace stint::cli
