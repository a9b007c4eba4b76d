#include "worker/kill_time.h"

namespace stint {

namespace {

void lower_to(KillTime& least, MonoTime at, EndKind kind) {
  if (least.at == MonoTime{} || at < least.at) {
    least = {at, kind};
  }
}

}  // namespace

MonoTime fence_time(MonoTime renewed, milliseconds lease) {
  return renewed + lease * 60 / 100;
}

KillTime kill_time(const AttemptTimes& times, const Limits& limits) {
  KillTime least{times.renewed + times.lease * 85 / 100, EndKind::kLost};
  if (limits.timeout.count() > 0) {
    lower_to(least, times.started + limits.timeout + limits.grace, EndKind::kTimeout);
  }
  if (times.told != MonoTime{}) {
    lower_to(least, times.told + limits.grace,
             times.cancelled ? EndKind::kCancelled : EndKind::kLost);
  }
  return least;
}

}  // namespace stint
