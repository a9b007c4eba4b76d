// When task code (or ours) crashes: a backtrace into the flight recorder, then the signal's default
// action, so that waitpid sees the real signal and a core is written where those are wanted.
// Nothing here allocates once a signal has come.
#pragma once

#include "common/control/flight_recorder.h"

namespace stint::crash_handler {

// Once, on the main thread. The table must live as long as the process. also_stderr: nobody reads
// the recorder.
void install(control::RecorderTable& table, bool also_stderr);

// On every thread that runs task code: a stack of its own for handlers, so that a stack overflow is
// reported too.
void prepare_thread();

}  // namespace stint::crash_handler
