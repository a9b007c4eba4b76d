// How long a worker that was sent TERM has until KILL: pure.
#pragma once

#include <span>

#include "common/clock.h"
#include "common/control/flight_recorder.h"

namespace stint {

// 500 ms, but no started attempt may outlive its dead_by: behind it somebody else may run the job.
// At least 1 ms.
milliseconds term_to_kill(std::span<const control::EntryCopy> held, MonoTime now);

}  // namespace stint
