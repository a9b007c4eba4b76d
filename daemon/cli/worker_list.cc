#include "daemon/cli/worker_list.h"

#include <map>

#include "common/text/text.h"
#include "daemon/cli/queue_stats.h"
#include "daemon/cli/show_text.h"
#include "daemon/cli/table.h"
#include "daemon/cli/workers.h"

namespace stint::cli {
namespace {

std::string number_text(const std::optional<int64_t>& n) {
  return n ? std::to_string(*n) : "";
}

// A worker that serves several queues announces itself in each.
Result<std::map<std::string, WorkerInfo>> all_workers(Session& session) {
  auto queues = known_queues(session);
  if (!queues) {
    return queues.error();
  }
  std::map<std::string, WorkerInfo> workers;
  for (const auto& queue : *queues) {
    session.choose(queue);
    auto crew = read_crew(session);
    if (!crew) {
      return crew.error();
    }
    for (auto& worker : crew->workers) {
      workers.emplace(worker.id, std::move(worker));
    }
  }
  return workers;
}

}  // namespace

ExitCode run_worker_list(const Globals& globals) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  const Output& out = session->out();
  auto workers = all_workers(*session);
  if (!workers) {
    return out.fail(workers.error());
  }
  using Kind = Column::Kind;
  // HOST and PID go first: most ids begin with them.
  Table table({{"ID"},
               {"HOST", Kind::kText, 6},
               {"PID", Kind::kWhole, 5},
               {"STATE"},
               {"SLOTS"},
               {"JOBS"},
               {"RSS", Kind::kWhole, 4},
               {"QUEUES", Kind::kText, 1},
               {"TASKS", Kind::kText, 2},
               {"SEEN", Kind::kWhole, 3}});
  for (const auto& [id, w] : *workers) {
    if (out.json()) {
      out.line(worker_json(w));
      continue;
    }
    table.add({w.id, w.host, number_text(w.pid), w.state, number_text(w.slots), number_text(w.jobs),
               w.rss ? format_size(*w.rss) : "", joined(w.queues, ","), joined(w.tasks, ","),
               w.seen_ms ? time_from(*w.seen_ms, now_wall_ms()) : ""});
  }
  table.print(out);
  if (workers->empty()) {
    out.note(session->queue_was_named()
                 ? "no live worker serves the queue " + session->keys().queue()
                 : "no live worker; is stintd running?");
  }
  return ExitCode::kOk;
}

}  // namespace stint::cli
