// `stint job wait`, and what an end means for the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/wait.h"
#include "common/exit_code.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

ExitCode code_of(const Waited& waited);

struct WaitOptions {
  std::vector<std::string> ids;
  std::optional<std::string> limit;
};
ExitCode run_wait(const Globals& globals, const WaitOptions& options);

}  // namespace stint::cli
