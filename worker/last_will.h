// How a worker without a supervisor ends. Threads cannot be killed, and what a task still runs must
// not be given to another worker before it has stopped. So the process becomes another program by
// exec, which ends every thread at once: the same binary with --settle, which reads from the flight
// recorder what was held, settles it as a supervisor would, and exits. Attempts past their kill
// time end for that reason; all else goes back uncounted. TERM, INT and HUP do not end it.
#pragma once

#include "common/config/boot.h"
#include "common/control/flight_recorder.h"

namespace stint {

// Returns only if it could not: then the sweep finds what was held.
void become_settler(const Boot& boot, const control::FlightRecorder& recorder, int exit_code);

// stint-worker --settle. Gives up after ten seconds without Redis. Returns the exit code it was
// given.
int run_settler(int exit_code);

}  // namespace stint
