// `stint stats`, `stint queue list|pause|resume|purge|delete`: how many jobs of a queue are where.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/queue/steer.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// The public JSON of stats and of a line of queue list; pending includes what the reserved list
// holds. next: when the job that is next was submitted. DO NOT CHANGE.
std::string stats_json(const std::string& queue, const Totals& totals, std::optional<int64_t> next);

int64_t pending_of(const Totals& totals);

Result<Totals> read_totals(Session& session);
// Of each of the queues, in bounded pipelines.
Result<std::vector<Totals>> read_all_totals(Session& session,
                                            const std::vector<std::string>& queues);
// The chosen queue if it was named, else all that are known.
Result<std::vector<std::string>> known_queues(Session& session);

ExitCode run_stats(const Globals& globals, bool watch);
ExitCode run_queue_list(const Globals& globals, const std::string& name);
ExitCode run_queue_pause(const Globals& globals, const std::string& name);
struct PurgeOptions {
  std::string queue;
  bool dry_run = false, yes = false;
};
ExitCode run_queue_purge(const Globals& globals, const PurgeOptions& options);
struct QueueDeleteOptions {
  std::string queue;
  bool dry_run = false, yes = false;
};
ExitCode run_queue_delete(const Globals& globals, const QueueDeleteOptions& options);
ExitCode run_queue_resume(const Globals& globals, const std::string& name);

}  // namespace stint::cli
