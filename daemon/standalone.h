// workers.processes = 0: one stint-worker in place of stintd, for a debugger. No supervisor: nobody
// settles a crash at once, sweeps or promotes here; other daemons on the queue, if any, do.
#pragma once

#include "common/config/config.h"
#include "common/error.h"

namespace stint {

bool wants_standalone(const Config& config);

// Returns only on failure: kConfig (needs a Redis that runs) or kInternal.
Error exec_standalone(const Config& config);

}  // namespace stint
