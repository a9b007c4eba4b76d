#include <algorithm>

#include "client/look.h"
#include "common/queue/upkeep.h"
#include "common/text/text.h"
#include "daemon/cli/queue_names.h"
#include "daemon/cli/show_text.h"
#include "daemon/cli/workers.h"

namespace stint::cli {
namespace {

std::string why_blocked(Session& session, const JobView& job) {
  if (!job.blocked_by) {
    return "waits for resource " + job.resource + ", which nobody holds: run stint doctor";
  }
  std::string text = "resource " + job.resource + " is held by job " + *job.blocked_by;
  const std::vector<std::string> holder{*job.blocked_by};
  auto view = look_at(session, holder);
  if (view && view->front()) {
    const JobView& h = *view->front();
    text += h.claimed_ms ? " since " + rfc3339(*h.claimed_ms) + " (" +
                               time_from(*h.claimed_ms, now_wall_ms()) + ")"
                         : ", which is " + h.state;
  }
  return text;
}

std::string why_no_worker(Session& session, const JobView& job, const Crew& crew) {
  if (crew.workers.empty()) {
    auto name = nearest_queue(session);
    return "no live worker serves the queue " + session.keys().queue() +
           (name ? "; the nearest is " + *name : "");
  }
  if (crew.live_tasks.contains(job.task)) {
    return "";
  }
  const std::vector<std::string> live(crew.live_tasks.begin(), crew.live_tasks.end());
  auto name = nearest(job.task, live);
  return "no live worker lists the task " + job.task + (name ? "; the nearest is " + *name : "");
}

std::string why_paused(const Crew& crew) {
  bool paused = std::all_of(crew.workers.begin(), crew.workers.end(),
                            [](const WorkerInfo& worker) { return worker.state == "paused"; });
  if (!paused) {
    return "";
  }
  auto n = static_cast<int64_t>(crew.workers.size());
  return (n == 1 ? "the only worker" : "all " + counted(n, "worker")) +
         std::string(" of the queue ") + (n == 1 ? "is" : "are") +
         " paused: stintd got TSTP, and CONT lets it go on";
}

std::string why_pending(Session& session, const JobView& job) {
  auto crew = read_crew(session);
  auto reply = session.ask(totals(session.keys()));
  auto sums = reply ? parse_totals(reply->view()) : Result<Totals>(reply.error());
  if (!crew || !sums) {
    return "";
  }
  if (sums->paused) {
    return "the queue is paused: stint queue resume " + session.keys().queue();
  }
  if (std::string text = why_no_worker(session, job, *crew); !text.empty()) {
    return text;
  }
  if (std::string text = why_paused(*crew); !text.empty()) {
    return text;
  }
  int64_t waiting = sums->pending + sums->reserved - sums->ghosts;
  std::string line =
      counted(waiting, "job") + " of the queue " + (waiting == 1 ? "is" : "are") + " pending";
  int64_t slots = crew->slots();
  if (slots > 0 && sums->active >= slots) {
    return (slots == 1 ? "the only slot is" : "all " + grouped(slots) + " slots are") + " busy; " +
           line;
  }
  return "about to start; " + line;
}

std::string why_scheduled(const JobView& job) {
  if (!job.due_ms) {
    return "";
  }
  std::string text =
      job.errors.empty() ? "" : "attempt " + std::to_string(job.attempt) + " failed; ";
  return text + "due at " + rfc3339(*job.due_ms) + ", " + time_from(*job.due_ms, now_wall_ms());
}

// Attempt numbers go on after a retry by hand, so more attempts than retries do not prove that the
// retries are used up; fewer do prove that something else ended it.
std::string why_failed(const Session& session, const JobView& job) {
  std::string again = job_command(session, "job retry", job.id);
  std::string kind = job.errors.empty() ? "" : job.errors.back().kind;
  if (kind == "unknown-task") {
    return "no worker had the task " + job.task + "; once one has it: " + again;
  }
  bool used_up = (kind == "error" || kind == "timeout") && job.attempt > job.retries;
  return (used_up ? "no retries are left; " : "it has failed for good; ") + again +
         " runs it again";
}

}  // namespace

std::string why_text(Session& session, const JobView& job) {
  if (job.state == "blocked") {
    return why_blocked(session, job);
  }
  if (job.state == "scheduled") {
    return why_scheduled(job);
  }
  if (job.state == "pending") {
    return why_pending(session, job);
  }
  if (job.state == "failed") {
    return why_failed(session, job);
  }
  return "";
}

}  // namespace stint::cli
