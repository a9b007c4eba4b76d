// What the workers of a queue said of themselves: `P workers`, `P worker:<id>`, `P tasks`.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/session.h"

namespace stint::cli {

inline constexpr milliseconds kLiveTask{60'000};  // said less than so long ago: somebody has it
inline constexpr milliseconds kLiveWorker{60'000};

struct WorkerInfo {
  std::string id, host, version, state;
  std::optional<int64_t> pid, slots, jobs, rss, started_ms, seen_ms;
  std::vector<std::string> queues, tasks;
};

struct Crew {
  int64_t now_ms = 0;                // Redis' clock: the others are read on it
  std::vector<WorkerInfo> workers;   // those whose registration has not lapsed
  std::set<std::string> live_tasks;  // tasks that a live worker has
  int64_t slots() const;
};

// In bounded pages. One round trip for the lists, one a page for the workers.
Result<Crew> read_crew(Session& session);
// Without the workers' details: only their number (ids) and the live tasks. One round trip.
Result<Crew> read_crew_names(Session& session);

std::string worker_json(const WorkerInfo& worker);

}  // namespace stint::cli
