// What is right in a configuration and still not what its author meant: values that do not hold,
// tables for tasks and plugins that are not there. For `stintd --check-config` and `stint config`.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "common/config/toml/load.h"
#include "common/plugin_check.h"

namespace stint {

// One line each: what, where, what holds instead.
std::vector<std::string> shadowed_warnings(const LoadedConfig& loaded);

// plugins: those of plugins.paths.
std::vector<std::string> unused_table_warnings(const Config& config,
                                               const std::vector<CheckedPlugin>& plugins);

}  // namespace stint
