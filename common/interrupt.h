// SIGINT while a verb has something to report: the loop asks interrupted(), says what was done so
// far and ends with 130. Outside of such a scope SIGINT ends the program as usual, and a second one
// always does. One thread.
#pragma once

#include "common/clock.h"

namespace stint {

class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
};

bool interrupted();
// Returns early when interrupted.
void pause_for(milliseconds time);

}  // namespace stint
