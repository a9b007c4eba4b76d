// SIGINT or SIGTERM while a verb has something to report: the loop asks interrupted(), says what
// was done so far and ends with 130. Outside of such a scope they end the program as usual, and a
// second one always does. Scopes may be nested. One thread.
#pragma once

#include <signal.h>

#include <array>

#include "common/clock.h"

namespace stint {

class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  std::array<struct sigaction, 2> before_{};
};

bool interrupted();
// Returns early when interrupted.
void pause_for(milliseconds time);

}  // namespace stint
