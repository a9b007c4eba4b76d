// `stint worker list`: the live workers of the chosen queue, or of all queues if none was named.
#pragma once

#include "daemon/cli/globals.h"

namespace stint::cli {

ExitCode run_worker_list(const Globals& globals);

}  // namespace stint::cli
