// What a configuration file says in vain: an option or a variable of the environment says
// otherwise, or another value makes it moot. No mistake, but the first thing to know when a change
// of the file changes nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/config/toml/load.h"
#include "common/config/toml/schema.h"

namespace stint {

// Dotted key -> "file:line", of all that the file says.
using FileKeys = std::map<std::string, std::string>;

// Taken right after the file was read: what follows replaces origins. Without empty texts, which
// say nothing.
FileKeys keys_of_file(const LoadedConfig& loaded, const FileSays& says);

// Requires: loaded is complete; says.password_file is empty unless it was read.
std::vector<Shadowed> shadowed_keys(const FileKeys& keys, const FileSays& says,
                                    const LoadedConfig& loaded);

}  // namespace stint
