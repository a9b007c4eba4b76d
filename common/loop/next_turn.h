// Runs a callback on the loop's next turn, once for any number of calls of wake(): for what must
// not happen inside the caller's own stack, and for work that is gathered over a turn. On the
// loop's thread only. The callback may destroy the NextTurn. Like Timer, it is freed on the turn
// after its owner.
#pragma once

#include <functional>

struct uv_loop_s;

namespace stint {

class NextTurn {
 public:
  NextTurn(uv_loop_s* loop, std::function<void()> on_turn);
  ~NextTurn();
  NextTurn(const NextTurn&) = delete;
  NextTurn& operator=(const NextTurn&) = delete;

  void wake();

 private:
  struct State;
  State* state_;  // owned; lives until libuv has closed the handle
};

}  // namespace stint
