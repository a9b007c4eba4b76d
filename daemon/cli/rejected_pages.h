// Reads `P rejected` in pages and moves entries out of it. No script of ours does that: WATCH and
// MULTI make sure that an entry which somebody else took meanwhile is not put into the inbox twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/cli/rejected.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// The entries as they are stored, newest first.
Result<std::vector<std::string>> find_rejected(Session& session, const RejectedOptions& options,
                                               size_t limit);

// Oldest first. retry: back into the inbox, their outcome forgotten; else gone. Returns how many.
Result<int64_t> move_rejected(Session& session, const std::vector<std::string>& entries,
                              bool retry);

}  // namespace stint::cli
