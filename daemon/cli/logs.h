// `stint job logs`: the lines that attempts of a job wrote, with their times; --follow: as they
// come.
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

void print_log_line(const Output& out, const std::string& id, bool several, const LogLine& line);

struct LogsOptions {
  std::vector<std::string> ids;
  bool follow = false;
};
ExitCode run_logs(const Globals& globals, const LogsOptions& options);

// Prints what is there and what comes, until all have ended: the exit code is that of job wait.
ExitCode follow_logs(Session& session, const std::vector<std::string>& ids);

}  // namespace stint::cli
