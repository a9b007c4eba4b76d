// `stint sweep`: settles attempts whose worker is gone, by the rule of the daemons
// (common/queue/hand_sweep.h). It takes as long as the longest lease of those that show no sign of
// life; a line, or with --json an object, for each that it settles.
#pragma once

#include "daemon/cli/globals.h"

namespace stint::cli {

ExitCode run_sweep(const Globals& globals);

}  // namespace stint::cli
