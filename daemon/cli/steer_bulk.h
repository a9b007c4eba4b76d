// The bulk half of steer.h: list, ask, steer, sum up.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/queue/steer.h"
#include "daemon/cli/filter.h"
#include "daemon/cli/session.h"
#include "daemon/cli/steer.h"

namespace stint::cli {

ExitCode steer_all(Session& session, const SteerOptions& options, const Filter& filter,
                   const Steering& steering);

}  // namespace stint::cli
