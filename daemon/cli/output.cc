#include "daemon/cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "common/text/text.h"

namespace stint::cli {
namespace {

constexpr size_t kMessageBytes = 16'384;

size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
    return size.ws_col;
  }
  return 80;
}

void write_line(FILE* to, std::string_view prefix, std::string_view text) {
  (void)std::fwrite(prefix.data(), 1, prefix.size(), to);
  (void)std::fwrite(text.data(), 1, text.size(), to);
  (void)std::fputc('\n', to);
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value != nullptr && *value != '\0';
}

const char* escape_code(Color color) {
  switch (color) {
    case Color::kPlain:
      return "";
    case Color::kBold:
      return "\033[1m";
    case Color::kDim:
      return "\033[2m";
    case Color::kRed:
      return "\033[31m";
    case Color::kGreen:
      return "\033[32m";
    case Color::kYellow:
      return "\033[33m";
  }
  return "";
}

}  // namespace

Output::Output(const Globals& globals)
    : json_(globals.json),
      quiet_(globals.quiet),
      stdout_is_terminal_(isatty(STDOUT_FILENO) == 1),
      animate_(!globals.quiet && !globals.no_color && may_draw()),
      color_(may_clear() && !globals.no_color && !globals.json && !is_set("NO_COLOR")),
      width_(stdout_is_terminal_ ? terminal_width() : std::numeric_limits<size_t>::max()) {}

void Output::line(std::string_view text) const {
  write_line(stdout, "", text);
}

void Output::note(std::string_view text) const {
  if (!quiet_) {
    complain(text);
  }
}

void Output::complain(std::string_view text) const {
  // What was printed before stands before the message, also where both go to one file.
  (void)std::fflush(stdout);
  write_line(stderr, "stint: ", shown(text, kMessageBytes));
}

void Output::complain_lines(std::string_view text) const {
  (void)std::fflush(stdout);
  write_line(stderr, "stint: ", shown_lines(text, 2));
}

ExitCode Output::fail(const Error& error) const {
  complain(error.message);
  return exit_code_of(error.code);
}

std::string Output::paint(Color color, std::string_view text) const {
  if (!color_ || color == Color::kPlain) {
    return std::string(text);
  }
  return std::string(escape_code(color)) + std::string(text) + "\033[0m";
}

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return ExitCode::kUsage;
    case ErrorCode::kNotFound:
      return ExitCode::kNoSuchJob;
    case ErrorCode::kUnavailable:
      return ExitCode::kUnreachable;
    case ErrorCode::kTimedOut:
      return ExitCode::kWaitTimedOut;
    case ErrorCode::kConfig:
      return ExitCode::kConfig;
    case ErrorCode::kConflict:
    case ErrorCode::kRefused:
    case ErrorCode::kInternal:
      return ExitCode::kFailed;
  }
  return ExitCode::kFailed;
}

ExitCode worse(ExitCode a, ExitCode b) {
  return to_int(a) >= to_int(b) ? a : b;
}

std::string shown(std::string_view bytes, size_t max_bytes) {
  return escape(bytes, max_bytes);
}

std::string shown_lines(std::string_view text, size_t indent) {
  while (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  std::string lines;
  while (true) {
    size_t end = text.find('\n');
    lines += shown(text.substr(0, end));
    if (end == std::string_view::npos) {
      return lines;
    }
    lines += "\n" + std::string(indent, ' ');
    text.remove_prefix(end + 1);
  }
}

std::string_view first_line(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
  return text.substr(0, text.find('\n'));
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  std::string word = text.starts_with('-') ? "-- " : "";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return word + std::string(text);
  }
  word += '\'';
  for (char c : text) {
    word += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return word + "'";
}

std::string grouped(int64_t n) {
  std::string digits = std::to_string(n);
  size_t first = n < 0 ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string counted(int64_t n, std::string_view noun) {
  return grouped(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace stint::cli
