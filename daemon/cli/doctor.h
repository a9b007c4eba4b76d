// stint doctor: is everything where it should be? Settings of Redis first, then each queue
// (doctor_queue.h). Reads only, unless it is to repair (doctor_repair.h).
#pragma once

#include "common/exit_code.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

// The named queue, else all of the namespace. kOk: nothing is left wrong; kFailed: something is.
ExitCode run_doctor(const Globals& globals, bool repair);

}  // namespace stint::cli
