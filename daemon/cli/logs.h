// `stint job logs`: the lines that attempts of a job wrote, with their times.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/session.h"

namespace stint::cli {

struct LogLine {
  int64_t number = 0;
  int64_t at_ms = 0;
  int64_t attempt = 0;
  std::string text;
};
// `<number> <ms> <attempt> <text>`; empty if it is not one.
std::optional<LogLine> parse_log_line(std::string_view text);

ExitCode print_logs(Session& session, const std::vector<std::string>& ids);

}  // namespace stint::cli
