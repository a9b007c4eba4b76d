// When a running attempt must be ended by force, and as what: the earliest of its timeout, a cancel
// and the end of its lease. Pure. Computed by a slot thread at the start and by the loop whenever
// one of them moves.
#pragma once

#include "common/clock.h"
#include "common/job/limits.h"
#include "common/queue/finish.h"

namespace stint {

struct KillTime {
  MonoTime at;  // {0}: never
  EndKind kind = EndKind::kLost;
  bool interrupted = false;  // not lost by the task's or the worker's fault: it goes back
  MonoTime dead_by;          // whatever TERM is waited for: behind it others may run the job
};

struct AttemptTimes {
  MonoTime started;
  MonoTime renewed;    // when the last answered renewal was sent
  milliseconds lease;  // as Redis knows it
  MonoTime told;       // to stop for cancel or for a lost lease; {0}: not
  bool cancelled = false;
  bool fenced =
      false;  // told to stop because no renewal was answered, or its resource is another's
};

// An attempt without an answered renewal is stopped at 0.6 of its lease and killed at 0.85: before
// anybody else may run it.
MonoTime fence_time(MonoTime renewed, milliseconds lease);
KillTime kill_time(const AttemptTimes& times, const Limits& limits);

}  // namespace stint
