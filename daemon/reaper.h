// Collects children that have ended, all that there are: signals merge, so one SIGCHLD may stand
// for many. Supervisor only.
#pragma once

#include <sys/types.h>

#include <functional>

#include "common/settlement/exit_status.h"

namespace stint {

struct Reaper {
  std::function<void(pid_t)> before;  // still a zombie: its pid and its group are surely its own
  std::function<void(pid_t, int wait_status)> after;
};

void reap_children(const Reaper& reaper);

}  // namespace stint
