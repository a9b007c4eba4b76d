// `stint job show`.
#pragma once

#include <string>
#include <vector>

#include "common/exit_code.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// Prints all of them. kNoSuchJob if one is missing.
ExitCode show_jobs(Session& session, const std::vector<std::string>& ids);

}  // namespace stint::cli
