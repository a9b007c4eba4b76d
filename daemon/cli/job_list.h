// `stint job list`: the newest jobs first, whatever place they are in, 50 at a time, with a cursor
// to go on.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/filter.h"
#include "daemon/cli/globals.h"
#include "daemon/cli/session.h"

namespace stint::cli {

struct ListOptions {
  std::vector<std::string> ids;
  FilterWords filter;
  bool all = false;
  std::optional<std::string> after;
};

ExitCode run_list(const Globals& globals, const ListOptions& options);

// How far each place has been read, in the order of all_places(): "12.0.0.3.50.0".
using Cursor = std::array<size_t, 6>;
std::string cursor_text(const Cursor& cursor);
Result<Cursor> parse_cursor(std::string_view text);

}  // namespace stint::cli
