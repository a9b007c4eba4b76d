// `stint plugin check`, `stint config check|show`: what needs no Redis.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/globals.h"

namespace stint::cli {

// 78 with one line if a worker would refuse one of them, 2 for a folder in which there is none.
ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files);

ExitCode run_config_check(const Globals& globals);
ExitCode run_config_show(const Globals& globals);

}  // namespace stint::cli
