// Moments of tests that count in seconds.
#pragma once

#include "common/clock.h"

namespace stint::test {

inline MonoTime at(int64_t seconds) {
  return MonoTime{} + milliseconds(seconds * 1000);
}

}  // namespace stint::test
