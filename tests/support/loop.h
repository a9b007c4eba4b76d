// A libuv loop of a test's own, turned until something holds. When it goes out of scope every
// handle on it must be closed or closing: a handle that was left open fails the test.
#pragma once

#include <uv.h>

#include "common/clock.h"
#include "common/error.h"

namespace stint::test {

class Loop {
 public:
  Loop() { STINT_CHECK(uv_loop_init(&loop_) == 0); }
  ~Loop() {
    MonoTime end = now_mono() + milliseconds{10'000};
    while (uv_loop_close(&loop_) == UV_EBUSY) {
      STINT_CHECK(now_mono() < end);  // a handle or request that nobody closes
      uv_run(&loop_, UV_RUN_NOWAIT);
    }
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  uv_loop_t* get() { return &loop_; }

  // Turns the loop until the predicate holds; false at the deadline.
  template <typename Predicate>
  [[nodiscard]] bool run_until(milliseconds deadline, Predicate&& holds) {
    MonoTime end = now_mono() + deadline;
    uv_timer_t tick;
    uv_timer_init(&loop_, &tick);
    uv_timer_start(
        &tick, [](uv_timer_t*) {}, 5, 5);
    bool held = holds();
    while (!held && now_mono() < end) {
      uv_run(&loop_, UV_RUN_ONCE);
      held = holds();
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&tick), nullptr);
    uv_run(&loop_, UV_RUN_NOWAIT);
    return held;
  }

 private:
  uv_loop_t loop_{};
};

}  // namespace stint::test
