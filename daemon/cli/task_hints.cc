#include "daemon/cli/task_hints.h"

#include <vector>

#include "common/text/text.h"
#include "daemon/cli/queue_names.h"
#include "daemon/cli/workers.h"

namespace stint::cli {
namespace {

constexpr size_t kMostTasksSaid = 5;

void hint_queue(Session& session) {
  std::string text = "queued, but no live worker serves the queue " + session.keys().queue();
  if (auto name = nearest_queue(session)) {
    text += "; a queue " + *name + " exists";
  }
  session.out().note(text);
}

}  // namespace

void hint_unserved(Session& session, const std::set<std::string>& tasks) {
  auto crew = read_crew_names(session);
  if (!crew || tasks.empty()) {
    return;  // the jobs are queued: that nobody can say who runs them is no failure
  }
  if (crew->workers.empty()) {
    hint_queue(session);
    return;
  }
  const std::vector<std::string> live(crew->live_tasks.begin(), crew->live_tasks.end());
  size_t said = 0;
  for (const auto& task : tasks) {
    if (crew->live_tasks.contains(task) || ++said > kMostTasksSaid) {
      continue;
    }
    auto name = nearest(task, live);
    session.out().note(
        "no live worker of the queue " + session.keys().queue() + " lists the task " + task +
        (name ? "; did you mean " + *name + "? A job" : ": a job") +
        " of it fails as unknown-task when it is taken; stint job retry runs it once "
        "a worker has the task");
  }
}

}  // namespace stint::cli
