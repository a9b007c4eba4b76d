#include <unistd.h>

#include <iostream>

#include "common/interrupt.h"
#include "daemon/cli/live_input.h"
#include "daemon/cli/steer.h"

namespace stint::cli {

ExitCode confirm(const Output& out, const Question& question, bool yes) {
  if (yes) {
    return ExitCode::kOk;
  }
  if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
    return out.fail({ErrorCode::kInvalid, question.text + " Nobody can be asked here: say --yes (" +
                                              question.shows_which + " shows which)"});
  }
  InterruptScope scope;
  std::cerr << question.text << " [y/N] " << std::flush;
  std::string answer;
  LiveInput keyboard(STDIN_FILENO);  // one that hears Ctrl-C also right after the question
  std::istream in(&keyboard);
  std::getline(in, answer);
  if (interrupted()) {
    std::cerr << "\n";
    out.complain("interrupted: nothing was done");
    return ExitCode::kInterrupted;
  }
  if (answer == "y" || answer == "Y" || answer == "yes") {
    return ExitCode::kOk;
  }
  return out.fail({ErrorCode::kConflict, "nothing was done"});
}

}  // namespace stint::cli
