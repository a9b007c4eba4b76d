// Waiting in tests: for a condition, up to a deadline that only a failing test ever reaches.
// Requires: the predicate is cheap; it is asked every few milliseconds.
#pragma once

#include <chrono>
#include <thread>

#include "common/clock.h"

namespace stint::test {

// Deadlines of those that need none of their own: what must come soon, and what may take its time.
// A slow machine under a sanitizer with many tests at once needs ten times what a quiet one does.
inline constexpr milliseconds kSoon{60'000};
inline constexpr milliseconds kLong{240'000};

template <typename Predicate>
[[nodiscard]] bool eventually(milliseconds deadline, Predicate&& holds) {
  MonoTime end = now_mono() + deadline;
  milliseconds pause{1};
  while (!holds()) {
    if (now_mono() > end) {
      return holds();  // this thread may have been away since it last asked
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, milliseconds{20});
  }
  return true;
}

}  // namespace stint::test
