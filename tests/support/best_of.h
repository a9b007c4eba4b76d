// For what is promised by the clock, or by a count of commands: no check may hang on one delay by a
// scheduler that has others to serve, and what is late by its own fault is late each time.
#pragma once

#include <algorithm>
#include <type_traits>

#include "common/clock.h"

namespace stint::test {

// The least of what `measure` returns, of `tries` at most: it ends with the first below the limit.
template <typename Measure, typename Value = std::invoke_result_t<Measure&>>
Value best_of(int tries, std::type_identity_t<Value> limit, Measure&& measure) {
  Value best = measure();
  for (int i = 1; i < tries && best >= limit; ++i) {
    best = std::min(best, measure());
  }
  return best;
}

template <typename Call>
milliseconds time_of(Call&& call) {
  MonoTime start = now_mono();
  call();
  return now_mono() - start;
}

}  // namespace stint::test
