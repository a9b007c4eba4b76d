// What every verb shares: the global options, and what a verb is once the arguments are read.
// The command line is one process and one thread; these are filled once, before the verb runs.
#pragma once

#include <functional>

#include "common/config/toml/load.h"
#include "common/exit_code.h"

namespace stint::cli {

struct Globals {
  ConfigFlags flags;
  bool json = false;
  bool no_color = false;
  bool quiet = false;
};

// What the chosen verb does. Set while arguments are read, called once afterwards.
using Action = std::function<ExitCode()>;

}  // namespace stint::cli
