// stintd's options that do one thing and exit: --check-config, --retry-failed, --delete-failed,
// --flush-stale. They never ask, find a running Redis as `stint` does and never start one.
// Synchronous, no loop.
#pragma once

#include "common/config/toml/load.h"
#include "common/exit_code.h"
#include "daemon/options.h"

namespace stint {

// Prints how many jobs (with --json: which), a line each queue; what was done before a failure or
// SIGINT too. On failure: says why on stderr; kUnreachable, kConfig, kFailed. kInterrupted.
ExitCode run_one_shot(const Options& options, const LoadedConfig& loaded);

}  // namespace stint
