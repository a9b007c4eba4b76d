#include "common/loop/next_turn.h"

#include <uv.h>

namespace stint {

// An idle handle: unlike prepare and check it keeps the loop from waiting, so the next turn comes
// at once.
struct NextTurn::State {
  uv_idle_t handle{};
  std::function<void()> on_turn;
};

NextTurn::NextTurn(uv_loop_s* loop, std::function<void()> on_turn)
    : state_(new State{{}, std::move(on_turn)}) {
  uv_idle_init(loop, &state_->handle);
  state_->handle.data = state_;
}

NextTurn::~NextTurn() {
  auto* handle = &state_->handle;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete static_cast<State*>(closed->data); });
}

void NextTurn::wake() {
  uv_idle_start(&state_->handle, [](uv_idle_t* handle) {
    uv_idle_stop(handle);
    // A reference, not a copy: State outlives the callback even if that destroys the NextTurn.
    static_cast<State*>(handle->data)->on_turn();
  });
}

}  // namespace stint
