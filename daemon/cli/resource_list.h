// `stint resource list`: which job holds each resource, and how many wait for it. Page by page, in
// no order.
#pragma once

#include "daemon/cli/globals.h"

namespace stint::cli {

ExitCode run_resource_list(const Globals& globals);

}  // namespace stint::cli
