// A timer on its owner's libuv loop: stops and frees itself with its owner. Used by stintd and
// stint-worker, on the loop's thread only. The callback may destroy the Timer. After the last owner
// is gone the loop must turn once more for the memory to be freed (libuv closes handles on its next
// turn).
#pragma once

#include <functional>

#include "common/clock.h"

struct uv_loop_s;
struct uv_timer_s;

namespace stint {

class Timer {
 public:
  Timer(uv_loop_s* loop, std::function<void()> on_time);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start(milliseconds after,
             milliseconds repeat = milliseconds{0});  // replaces what was set before
  void stop();
  bool active() const;

 private:
  struct State;
  State* state_;  // owned; lives until libuv has closed the handle
};

}  // namespace stint
