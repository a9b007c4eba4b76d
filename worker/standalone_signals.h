// Signals of a worker without a supervisor (workers.processes = 0): the same that stintd takes.
// TERM and INT stop, a second one hands back at once, TSTP and CONT pause and go on, HUP only says
// that it needs a restart. Loop's thread.
#pragma once

#include <functional>
#include <vector>

struct uv_loop_s;
struct uv_signal_s;

namespace stint {

class StandaloneSignals {
 public:
  struct Listener {
    std::function<void()> on_stop;
    std::function<void()> on_stop_again;
    std::function<void(bool on)> on_pause;
  };
  StandaloneSignals(uv_loop_s* loop, Listener listener);
  ~StandaloneSignals();
  StandaloneSignals(const StandaloneSignals&) = delete;
  StandaloneSignals& operator=(const StandaloneSignals&) = delete;

 private:
  void on_signal(int number);

  Listener listener_;
  std::vector<uv_signal_s*> handles_;  // freed when libuv has closed them
  bool stopping_ = false;
};

}  // namespace stint
