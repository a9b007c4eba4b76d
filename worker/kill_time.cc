#include "worker/kill_time.h"

#include <algorithm>

namespace stint {

namespace {

void lower_to(KillTime& least, MonoTime at, EndKind kind, bool interrupted = false) {
  if (least.at == MonoTime{} || at < least.at) {
    least.at = at;
    least.kind = kind;
    least.interrupted = interrupted;
  }
}

// The supervisor looks every 250 ms: of a short lease, a share would not leave it the time to kill.
constexpr milliseconds kToKill{400};

milliseconds kill_share(milliseconds lease) {
  return std::min(lease * 85 / 100, lease - kToKill);
}

}  // namespace

MonoTime fence_time(MonoTime renewed, milliseconds lease) {
  return renewed + std::min(lease * 60 / 100, kill_share(lease) - milliseconds{100});
}

KillTime kill_time(const AttemptTimes& times, const Limits& limits) {
  MonoTime dead_by = times.renewed + kill_share(times.lease);
  KillTime least{dead_by, EndKind::kLost, times.fenced, dead_by};
  if (limits.timeout.count() > 0) {
    lower_to(least, times.started + limits.timeout + limits.grace, EndKind::kTimeout);
  }
  if (times.told != MonoTime{}) {
    lower_to(least, times.told + limits.grace,
             times.cancelled ? EndKind::kCancelled : EndKind::kLost,
             times.fenced && !times.cancelled);
  }
  return least;
}

}  // namespace stint
