// `stint queue list|pause|resume|purge`.
#include <algorithm>

#include "client/door.h"
#include "client/json_object.h"
#include "common/text/text.h"
#include "daemon/cli/first_in_line.h"
#include "daemon/cli/queue_names.h"
#include "daemon/cli/queue_stats.h"
#include "daemon/cli/show_text.h"
#include "daemon/cli/steer_bulk.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

Result<Session> open_for(const Globals& globals, const std::string& name) {
  auto named = with_queue(globals, name);
  return named ? Session::open(*named) : Result<Session>(named.error());
}

ExitCode set_paused(const Globals& globals, const std::string& name, bool paused) {
  auto session = open_for(globals, name);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  const Output& out = session->out();
  hint_unknown_queue(*session);
  // A queue that never had a job shall be seen to be paused. A Redis that is full refuses new
  // names; pausing still works.
  auto known = paused ? open_door(*session) : check_rights(*session);
  if (!known && known.error().code != ErrorCode::kRefused) {
    return out.fail(known.error());
  }
  auto reply = session->ask(paused ? pause_queue(session->keys()) : resume_queue(session->keys()));
  if (!reply) {
    return out.fail(reply.error());
  }
  const std::string& queue = session->keys().queue();
  if (out.json()) {
    out.line(JsonObject().text("queue", std::string_view(queue)).boolean("paused", paused).str());
  } else {
    out.line("queue " + queue +
             (paused ? " is paused: what runs goes on, nothing new starts" : " goes on"));
  }
  return ExitCode::kOk;
}

std::string note_of(const Totals& totals, int64_t workers) {
  if (totals.paused) {
    return "paused";
  }
  return workers == 0 && pending_of(totals) > 0 ? "no worker" : "";
}

}  // namespace

ExitCode run_queue_list(const Globals& globals, const std::string& name) {
  auto session = open_for(globals, name);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  const Output& out = session->out();
  if (session->queue_was_named()) {
    hint_unknown_queue(*session);
  }
  auto queues = known_queues(*session);
  if (!queues) {
    return out.fail(queues.error());
  }
  auto all = read_all_totals(*session, *queues);
  if (!all) {
    return out.fail(all.error());
  }
  auto next = first_in_line(*session, *queues);
  if (!next) {
    return out.fail(next.error());
  }
  using Kind = Column::Kind;
  std::vector<int64_t> workers(queues->size(), 1);  // where it is not known: no complaint
  if (!out.json()) {
    if (auto counts = count_workers(*session, *queues)) {
      workers = std::move(*counts);
    }
  }
  Table table({{"QUEUE"},
               {"PENDING"},
               {"NEXT", Kind::kWhole, 6},
               {"ACTIVE"},
               {"SCHEDULED", Kind::kWhole, 2},
               {"BLOCKED", Kind::kWhole, 1},
               {"FAILED"},
               {"DONE", Kind::kWhole, 5},
               {"INBOX", Kind::kWhole, 3},
               {"REJECTED", Kind::kWhole, 4},
               {""}});
  for (size_t i = 0; i < all->size(); ++i) {
    const Totals& t = (*all)[i];
    if (out.json()) {
      out.line(stats_json((*queues)[i], t, (*next)[i]));
      continue;
    }
    table.add({(*queues)[i], grouped(pending_of(t)),
               (*next)[i] ? time_from(*(*next)[i], now_wall_ms()) : "", grouped(t.active),
               grouped(t.scheduled), grouped(t.blocked), grouped(t.failed), grouped(t.done),
               grouped(t.inbox), grouped(t.rejected), note_of(t, workers[i])});
  }
  table.print(out);
  return ExitCode::kOk;
}

ExitCode run_queue_pause(const Globals& globals, const std::string& name) {
  return set_paused(globals, name, true);
}

ExitCode run_queue_resume(const Globals& globals, const std::string& name) {
  return set_paused(globals, name, false);
}

ExitCode run_queue_purge(const Globals& globals, const PurgeOptions& options) {
  auto session = open_for(globals, options.queue);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  SteerOptions steer;
  steer.verb = Verb::kDelete;
  steer.waiting = true;
  steer.dry_run = options.dry_run;
  steer.yes = options.yes;
  Steering steering;
  steering.verb = Verb::kDelete;
  return steer_all(*session, steer, Filter{}, steering);
}

}  // namespace stint::cli
