// `stint job list`: the newest jobs first, whatever place they are in, 50 at a time, with a cursor
// to go on. Of one state: those first that came there last, or are due last. Of all states a page
// takes the first of each state's order and shows them by when they were created: to order all of a
// large queue all of it would have to be read.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/queue/pages.h"
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

// The last job of each place that was listed, in the order of all_places(). As text it is one word
// that says nothing to people.
using Cursor = std::array<PlaceMark, 6>;
std::string cursor_text(const Cursor& cursor);
// On failure: kInvalid.
Result<Cursor> parse_cursor(std::string_view text);

}  // namespace stint::cli
