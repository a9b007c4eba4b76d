// Watches the jobs that run: tells one to stop when its timeout is over, says when all slots run
// long jobs, so that what waits behind them goes back, and where no supervisor does it, says which
// job must be ended by force. Loop's thread. Its timer runs only while jobs wait or run: at 10 ms
// while some wait in the stock, else at the next deadline.
#pragma once

#include <functional>
#include <vector>

#include "common/loop/timer.h"
#include "worker/context.h"

namespace stint {

class RunWatch {
 public:
  struct Listener {
    std::function<void()> on_turn;  // the stock may have ended jobs that nobody has collected
    std::function<void(Job&)> on_overdue;  // only if enforcing: its kill_at has passed
  };
  RunWatch(Context& context, Listener listener);

  void wake();                           // jobs were put into the stock
  void enforce() { enforcing_ = true; }  // there is no supervisor

  // Every slot runs a job, and each for so long that no slot is about to become free.
  bool all_busy_long() const;
  std::vector<Job*> running() const;
  std::vector<uint32_t> running_slots()
      const;  // in which task code runs, whoever has its job by now

 private:
  void on_time();
  void arm(MonoTime due);
  void look_at(Job& job, MonoTime now, MonoTime& next);

  Context& context_;
  Listener listener_;
  Timer timer_;
  MonoTime due_;  // of timer_, while it is active
  bool enforcing_ = false;
};

}  // namespace stint
