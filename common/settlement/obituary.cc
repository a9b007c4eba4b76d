#include "common/settlement/obituary.h"

#include <signal.h>

#include <algorithm>
#include <optional>

namespace stint {
namespace {

struct EndedAs {
  EndKind kind;
  std::string message;
  std::string signal;
};

EndedAs ended_as_killed(EndKind kind) {
  if (kind == EndKind::kCancelled) {
    return {kind, "cancelled; it did not heed the request within its grace and was killed",
            "SIGKILL"};
  }
  if (kind == EndKind::kTimeout) {
    return {kind,
            "ran longer than its timeout, did not heed the request to stop within its grace and "
            "was killed",
            "SIGKILL"};
  }
  return {EndKind::kLost, "its lease could not be renewed in time, so it was killed", "SIGKILL"};
}

EndedAs ended_as_crashed(const Obituary& dead) {
  std::string message = dead.exit.describe();
  if (dead.exit.signal == SIGKILL) {
    message += ": not by stint; perhaps the kernel was out of memory";
  }
  if (!dead.backtrace.empty()) {
    message += "\n" + dead.backtrace;
  }
  return {EndKind::kCrash, message, signal_name(dead.exit.signal)};
}

auto find_blame(const Obituary& dead, const control::EntryCopy& entry) {
  return std::find_if(dead.blamed.begin(), dead.blamed.end(), [&](const auto& one) {
    return one.id == entry.id && one.token == entry.token;
  });
}

// Empty: the attempt is not counted, the job goes back.
std::optional<EndedAs> how_it_ended(const Obituary& dead, const control::EntryCopy& entry) {
  if (entry.state != control::EntryState::kStarted) {
    return std::nullopt;
  }
  auto blamed = find_blame(dead, entry);
  if (blamed != dead.blamed.end() && !blamed->interrupted) {
    return ended_as_killed(blamed->kind);
  }
  if (dead.stuck) {
    return EndedAs{EndKind::kLost, "its worker stopped turning and was killed", "SIGKILL"};
  }
  if (dead.killed) {
    return std::nullopt;  // a neighbour's fault, or the end of shutdown_timeout
  }
  return ended_as_crashed(dead);
}

// Counted among the losses, of which a job bears only so many. A worker that dies after a task has
// returned and before that is told may die of what the task did; it would do so for ever.
bool was_interrupted(const Obituary& dead, const control::EntryCopy& entry) {
  if (entry.state == control::EntryState::kEnded) {
    return !dead.killed && !dead.leaving;
  }
  auto blamed = find_blame(dead, entry);
  return entry.state == control::EntryState::kStarted && blamed != dead.blamed.end() &&
         blamed->interrupted;
}

Ended make_ended(const Obituary& dead, const control::EntryCopy& entry, const EndedAs& as) {
  Ended ended;
  ended.id = entry.id;
  ended.token = entry.token;
  ended.kind = as.kind;
  ended.attempt = entry.attempt;
  ended.limits = entry.limits;
  ended.body = error_json(entry.attempt, as.kind, as.message, as.signal, dead.worker, dead.at_ms);
  ended.started_ms = entry.started_wall_ms;
  ended.finished_ms = dead.at_ms;
  return ended;
}

}  // namespace

std::vector<QueuePlan> plan_settlement(const Obituary& dead) {
  std::vector<QueuePlan> plans;
  for (const auto& queue : dead.queues) {
    plans.push_back({queue, {}, {}});
  }
  for (const auto& entry : dead.held) {
    if (entry.queue >= plans.size()) {
      continue;  // scribbled on; close_worker and the sweep find what it was
    }
    QueuePlan& plan = plans[entry.queue];
    if (auto as = how_it_ended(dead, entry)) {
      plan.ended.push_back(make_ended(dead, entry, *as));
    } else {
      plan.free.push_back({entry.id, entry.token, was_interrupted(dead, entry)});
    }
  }
  return plans;
}

}  // namespace stint
