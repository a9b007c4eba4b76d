// `stintd --check-config`: what would run, on stdout; warnings of what the file says in vain, on
// stderr. With --json one object that holds both.
#pragma once

#include "common/config/toml/load.h"
#include "common/error.h"

namespace stint {

// On failure: kConfig, a plugin that would be refused.
Result<void> report_config(const LoadedConfig& loaded, bool json);

}  // namespace stint
