// What is right in a configuration and still not what its author meant: values that do not hold,
// tables for tasks and plugins that are not there, passwords that everybody can read. For `stintd
// --check-config` and `stint config`. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/config/toml/load.h"
#include "common/error.h"
#include "common/plugin_check.h"

namespace stint {

// One line each: what, where, what holds instead.
std::vector<std::string> shadowed_warnings(const LoadedConfig& loaded);

// Of files: who else may read a password, and which file was not looked at.
std::vector<std::string> file_warnings(const LoadedConfig& loaded);

// plugins: those of plugins.paths.
std::vector<std::string> unused_table_warnings(const Config& config,
                                               const std::vector<CheckedPlugin>& plugins);

// What check_plugins() says, and where the folder that is missing was named: by nobody. Looks at
// the disk.
Error explain_plugins(const Error& error, const LoadedConfig& loaded);

}  // namespace stint
