// How long queues have kept their jobs waiting: when the job that is next was submitted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/session.h"

namespace stint::cli {

// Wall clock ms, for each queue; empty where nothing is pending, or what is next cannot be read.
Result<std::vector<std::optional<int64_t>>> first_in_line(Session& session,
                                                          const std::vector<std::string>& queues);

}  // namespace stint::cli
