// Everything between exec and the loop: flight recorder, boot frame, log, plugins, in the order in
// which each needs the one before. Main thread, blocking, no loop yet.
#pragma once

#include <optional>

#include "worker/worker.h"

namespace stint {

// standalone: fd 3 holds one boot frame and then ends, and there is no flight recorder to attach
// to. On failure the supervisor has been told, or the log; the value is the exit code.
struct Prepared {
  std::optional<Worker::Start> start;
  int exit_code = 0;  // if there is no start
};
Prepared prepare_start(bool standalone);

}  // namespace stint
