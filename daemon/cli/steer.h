// `stint job retry|delete|cancel`: on ids, or on all that a filter means. Bulk work lists ids
// first, page by page, then steers them in batches of 100, each only if it is still where it was
// listed. It asks on a terminal and needs --yes elsewhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/steer.h"
#include "common/exit_code.h"
#include "daemon/cli/filter.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

struct SteerOptions {
  Verb verb = Verb::kRetry;
  std::vector<std::string> ids;
  FilterWords filter;
  bool all = false;
  bool waiting = false;  // delete: only jobs that wait
  bool dry_run = false;
  bool yes = false;
  bool force = false;                 // delete: cancel active jobs first
  std::optional<std::string> spread;  // retry: not all at once
};

ExitCode run_steer(const Globals& globals, const SteerOptions& options);

// Whether this may go on: --yes, or a "y" on the terminal. On failure: kInvalid where nobody can be
// asked; kConflict: the answer was no.
Result<void> confirm(const std::string& question, bool yes);

}  // namespace stint::cli
