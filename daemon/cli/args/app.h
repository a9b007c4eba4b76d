// From argv to the chosen verb and back to an exit code: the one place that turns CLI11's findings
// into our messages. Runs in main, once.
#pragma once

#include "common/exit_code.h"

namespace stint::cli {

ExitCode run_app(int argc, char** argv);

}  // namespace stint::cli
