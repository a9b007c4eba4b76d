// A new process that becomes a program, as posix_spawn makes one, and that the kernel kills when
// the thread that has started it ends.
#pragma once

#include <sys/types.h>

#include "tests/support/process.h"

namespace stint::test {

// Its standard streams are these; no other descriptor of ours is open in it. Leads a process group
// of its own. If there is no such program it says so and ends with 127.
// -1: there is no process to be had.
pid_t start_process(const Spawn& spawn, int in, int out, int err);

}  // namespace stint::test
