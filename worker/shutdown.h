// How a worker leaves. Drain: no more jobs, the unstarted go back, the running end by themselves.
// Stop: the same, but the running are told, and at the limit handed back. Over when Redis has
// acknowledged everything, or two seconds after the limit. Loop's thread. With a supervisor, tasks
// that still run at the limit are only marked in the flight recorder as "goes back uncounted": the
// supervisor gives them back when this process is dead, so that no other worker runs them while
// they still run here. A worker alone (no supervisor, or a dead one) does the same and leaves the
// settling to its last will (last_will.h).
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "common/loop/timer.h"
#include "worker/queue_runner.h"
#include "worker/run_watch.h"

namespace stint {

class Shutdown {
 public:
  // over: this process is to exit now. abandoned: task code still runs.
  Shutdown(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues, RunWatch& watch,
           std::function<void(bool abandoned)> over);

  void be_alone() { alone_ = true; }
  bool alone() const { return alone_; }
  void drain();
  void stop(milliseconds limit);  // 0: none. Again: the new limit, from now
  void hand_back_now();
  // Alone: a task that does not stop: the process ends, its last will says how the attempt did.
  void give_up_on(const Job& job, EndKind kind);

  bool begun() const { return begun_; }
  void check();  // after anything has changed

 private:
  void mark_running();
  void end(bool abandoned);
  size_t running() const;

  Context& context_;
  std::span<const std::unique_ptr<QueueRunner>> queues_;
  RunWatch& watch_;
  std::function<void(bool)> over_;
  Timer limit_;     // then what still runs is handed back
  Timer patience_;  // then Redis is waited for no longer
  bool alone_ = false;
  bool begun_ = false;
  bool limit_passed_ = false;
  bool ended_ = false;
};

}  // namespace stint
