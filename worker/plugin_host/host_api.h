// The functions that plugins call (stint_host of <stint/task.h>). Any thread, at any time, with any
// handle: a handle that is not of a running attempt changes nothing.
#pragma once

#include "stint/task.h"
#include "worker/job_table.h"
#include "worker/stock.h"

namespace stint {

// The one table of this process; valid for its life.
const stint_host* host_functions();

// Where the functions find jobs. Before it, as in `--check`, every handle is stale. Both must live
// until the process ends.
void connect_host_functions(JobTable& jobs, Stock& stock);

}  // namespace stint
