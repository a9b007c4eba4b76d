// `stint resource list`: which job holds each resource, and how many wait for it. 50 at a time, in
// no order; a resource that is held all the while between the first and the last page is shown.
#pragma once

#include <optional>
#include <string>

#include "daemon/cli/globals.h"

namespace stint::cli {

struct ResourceOptions {
  std::optional<int> limit;
  std::optional<std::string> after;  // what the last list ended with
};

ExitCode run_resource_list(const Globals& globals, const ResourceOptions& options);

}  // namespace stint::cli
