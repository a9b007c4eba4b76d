// `stint plugin list|check|run`, `stint config check|show`: what needs no Redis.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/globals.h"

namespace stint::cli {

// 78 with a line for each that a worker would refuse, 2 for a folder in which there is none.
ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files);

// The plugins of the configuration.
ExitCode run_plugin_list(const Globals& globals);

struct PluginRunOptions {
  std::string file, task;
  std::optional<std::string> params, resource;
};
// One attempt without Redis, in a worker process; also a crash of that is kJobFailed.
ExitCode run_plugin_run(const Globals& globals, const PluginRunOptions& options);

ExitCode run_config_check(const Globals& globals);
ExitCode run_config_show(const Globals& globals);

}  // namespace stint::cli
