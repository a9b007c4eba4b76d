// Where words go: results on stdout, messages on stderr as one line "stint: ...". Colour only on a
// terminal without NO_COLOR. One thread. Errors are always said; notes not with --quiet.
#pragma once

#include <string>
#include <string_view>

#include "common/error.h"
#include "common/exit_code.h"
#include "common/status_line.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

enum class Color { kPlain, kBold, kDim, kRed, kGreen, kYellow };

class Output {
 public:
  explicit Output(const Globals& globals);

  bool json() const { return json_; }
  bool on_terminal() const { return stdout_is_terminal_; }
  // Whether what stands on that terminal can be wiped away.
  bool may_clear() const { return stdout_is_terminal_ && knows_escapes(); }
  // Whether a progress bar may be drawn on stderr.
  bool may_animate() const { return animate_; }
  size_t width() const { return width_; }  // columns of the terminal; without one: no limit

  void line(std::string_view text) const;  // stdout
  void note(std::string_view text) const;  // stderr, unless --quiet
  void complain(std::string_view text) const;
  void complain_lines(std::string_view text) const;  // the same with the text's line breaks
  // Says the error and returns the code with which the program ends for it.
  ExitCode fail(const Error& error) const;
  std::string paint(Color color, std::string_view text) const;

 private:
  bool json_, quiet_, stdout_is_terminal_, animate_, color_;
  size_t width_;
};

ExitCode exit_code_of(ErrorCode code);
// Of several ids all are tried, and the worst code wins.
ExitCode worse(ExitCode a, ExitCode b);
// For people: control characters made visible.
std::string shown(std::string_view bytes, size_t max_bytes = 4096);
// The same with real line breaks, every line but the first indented.
std::string shown_lines(std::string_view text, size_t indent);
// What a table shows of a text, and what is counted as one: a backtrace differs from run to run.
std::string_view first_line(std::string_view text);
// As a word of a command that is shown to be typed: quoted where a shell would read more into it.
std::string shell_word(std::string_view text);
// "1 job", "1,234,567 jobs".
std::string counted(int64_t n, std::string_view noun);
std::string grouped(int64_t n);

}  // namespace stint::cli
