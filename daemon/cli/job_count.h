// `stint job count`: how many jobs a filter means, also grouped, so that 100,000 failures of one
// bad deploy among 5,000 good ones are told apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/filter.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

struct CountOptions {
  std::vector<std::string> ids;
  FilterWords filter;
  bool all = false;
  std::optional<std::string> by;  // "task,kind,error"
};

ExitCode run_count(const Globals& globals, const CountOptions& options);

std::vector<std::string> group_names();
enum class Group { kState, kTask, kResource, kKind, kError };
// On failure: kInvalid, naming the nearest known field, or the one that is there twice.
Result<std::vector<Group>> parse_groups(const std::string& by);
std::string group_value(Group group, const Row& row);

}  // namespace stint::cli
