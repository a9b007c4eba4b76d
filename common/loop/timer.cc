#include "common/loop/timer.h"

#include <uv.h>

#include <algorithm>
#include <utility>

#include "common/error.h"

namespace stint {

struct Timer::State {
  uv_timer_t handle;
  std::function<void()> on_time;
};

Timer::Timer(uv_loop_s* loop, std::function<void()> on_time) : state_(new State{}) {
  state_->on_time = std::move(on_time);
  STINT_CHECK(uv_timer_init(loop, &state_->handle) == 0);
  state_->handle.data = state_;
}

Timer::~Timer() {
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->handle),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

void Timer::start(milliseconds after, milliseconds repeat) {
  auto on_time = [](uv_timer_t* timer) { static_cast<State*>(timer->data)->on_time(); };
  // libuv's idea of now is the start of this turn; a long turn would make the timer early.
  uv_update_time(state_->handle.loop);
  uv_timer_start(&state_->handle, on_time,
                 static_cast<uint64_t>(std::max<int64_t>(0, after.count())),
                 static_cast<uint64_t>(std::max<int64_t>(0, repeat.count())));
}

void Timer::stop() {
  uv_timer_stop(&state_->handle);
}

bool Timer::active() const {
  return uv_is_active(reinterpret_cast<const uv_handle_t*>(&state_->handle)) != 0;
}

}  // namespace stint
