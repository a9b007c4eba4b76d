// `stint rejected list|retry|delete`: inbox entries that could not be accepted, each with its
// reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/queue/upkeep.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

struct RejectedOptions {
  std::vector<std::string> ids;      // that the entries gave; many give none
  std::optional<std::string> error;  // the reason holds this text
  std::optional<int> limit;
  std::optional<std::string> after;  // list: the cursor that the last one ended with
  bool all = false;
  bool dry_run = false;
  bool yes = false;
};

ExitCode run_rejected_list(const Globals& globals, const RejectedOptions& options);
ExitCode run_rejected_retry(const Globals& globals, const RejectedOptions& options);
ExitCode run_rejected_delete(const Globals& globals, const RejectedOptions& options);

struct RejectedHeader {
  std::string at, from, reason;
};
RejectedHeader parse_rejected_header(const std::string& json);
bool matches(const RejectedOptions& options, const Rejected& entry);
std::string rejected_json(const Rejected& entry);

}  // namespace stint::cli
