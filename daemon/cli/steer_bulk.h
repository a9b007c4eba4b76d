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

// As many ids as are held at once; more are done in rounds.
inline constexpr size_t kRound = 1'000'000;

// With options.dry_run nothing is done; the exit code is that of the run.
ExitCode steer_all(Session& session, const SteerOptions& options, const Filter& filter,
                   const Steering& steering, size_t round = kRound);

// A job to which a dry run says that it would be done.
void print_foreseen(const Output& out, const std::string& id, Place place);

}  // namespace stint::cli
