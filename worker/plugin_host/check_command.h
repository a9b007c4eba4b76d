// stint-worker --check PATH...: loads plugins with every check of a real start and says what is in
// them, for `stint plugin check` and `stintd --check-config`, which never load task code
// themselves. open() is not called.
#pragma once

#include <string>
#include <vector>

namespace stint {

// A JSON line a plugin on stdout: {"path","name","version","abi","tasks":[{"id","limits"}]}; limits
// hold what the author said, times in ms. Refused: one line on stderr and 78. Returns the exit
// code.
int run_check(const std::vector<std::string>& paths);

}  // namespace stint
