// stintd's command line: the one place that knows CLI11.
#pragma once

#include <optional>
#include <variant>

#include "common/config/toml/load.h"
#include "common/exit_code.h"

namespace stint {

struct Options {
  enum class Mode { kRun, kCheckConfig, kRetryFailed, kDeleteFailed, kFlushStale };
  Mode mode = Mode::kRun;
  ConfigFlags flags;
  bool json = false;
};

// The options, or the code to exit with (--help, --version, a mistake: already said).
std::variant<Options, ExitCode> parse_options(int argc, char** argv);

}  // namespace stint
