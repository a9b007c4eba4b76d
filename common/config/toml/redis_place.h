// Where Redis is and what its password is: from the command line, the environment, the file, a file
// of its own, a credential of systemd.
#pragma once

#include "common/config/toml/load.h"
#include "common/config/toml/schema.h"
#include "common/error.h"

namespace stint {

// Fills in config.redis and config.embedded, and where the password came from. A password_file that
// is not used is forgotten in says. On failure: as load_config().
Result<void> resolve_redis(const ConfigFlags& flags, FileSays& says, LoadedConfig& loaded);

}  // namespace stint
