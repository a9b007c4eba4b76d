// `stint plugin check`, `stint config check|show`: what needs no Redis.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/globals.h"

namespace stint::cli {

// Becomes stint-worker --check: its words, its exit code. Returns only if that program cannot be
// run.
ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files);

ExitCode run_config_check(const Globals& globals);
ExitCode run_config_show(const Globals& globals);

}  // namespace stint::cli
