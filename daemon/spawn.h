// Starting a worker process: fork and at once exec of a descriptor that was opened when stintd
// started, so that a package upgrade never mixes versions on one host. Called on the supervisor's
// only thread. Invariants in the child, before any code of the worker runs: every signal has its
// default disposition and is unblocked, it leads its own process group, stdin is /dev/null, stdout
// and stderr are ours, descriptors 3 and 4 are as in control/frames.h, and no other is open.
// Between fork and exec only async-signal-safe calls are made.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/error.h"
#include "common/unique_fd.h"

namespace stint {

struct SpawnRequest {
  int binary = -1;  // opened O_PATH or O_RDONLY
  std::vector<std::string> argv;
  std::vector<std::string> env;
  int control = -1;   // becomes 3
  int recorder = -1;  // becomes 4
  int out = -1;       // becomes 1
  int err = -1;       // becomes 2
};

// Returns once the child runs its program. On failure: kInternal naming the call; no process is
// left.
Result<pid_t> spawn(const SpawnRequest& request);

// What of our environment a worker gets: all but secrets and what is addressed to the supervisor
// alone.
std::vector<std::string> worker_environment(const char* const* environment);

// stint-worker beside our own program, else in the libexec folder. On failure: kConfig naming both
// places.
Result<UniqueFd> open_worker_binary();

}  // namespace stint
