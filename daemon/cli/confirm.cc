#include <unistd.h>

#include <iostream>

#include "daemon/cli/steer.h"

namespace stint::cli {

Result<void> confirm(const std::string& question, bool yes) {
  if (yes) {
    return {};
  }
  if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
    return Error{ErrorCode::kInvalid,
                 question + " Nobody can be asked here: say --yes (or --dry-run to see which)"};
  }
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") {
    return {};
  }
  return Error{ErrorCode::kConflict, "nothing was done"};
}

}  // namespace stint::cli
