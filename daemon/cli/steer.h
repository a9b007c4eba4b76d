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
#include "daemon/cli/output.h"

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

struct Question {
  std::string text;
  std::string shows_which = "--dry-run";  // the words that list what is meant
};
// kOk: go on, by --yes or a "y" on the terminal. Otherwise it is said why not: kUsage where nobody
// can be asked, kFailed: the answer was no, kInterrupted.
ExitCode confirm(const Output& out, const Question& question, bool yes);

}  // namespace stint::cli
