// One worker process as its supervisor sees it: pid, state machine (worker_state.h), control
// socket, flight recorder, output, and the deadlines by which it is killed. Supervisor, on its
// thread. The process is this object's from start() to exited(); only waitpid decides that it is
// gone. The kill ladder: TERM to the process group, then CONT (a stopped process cannot act on
// TERM), 500 ms later KILL.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/boot.h"
#include "common/control/flight_recorder.h"
#include "common/control/frames.h"
#include "common/loop/stream.h"
#include "common/loop/timer.h"
#include "common/settlement/obituary.h"
#include "daemon/output_relay.h"
#include "daemon/worker_state.h"

namespace stint {

class WorkerHandle {
 public:
  struct Launch {
    uv_loop_s* loop = nullptr;
    int binary = -1;
    Boot boot;
    std::function<void(WorkerHandle&)> on_ready;
  };
  static constexpr milliseconds kStopMargin{3'000};

  // On failure: kInternal (descriptors, fork, exec).
  static Result<std::unique_ptr<WorkerHandle>> start(Launch launch);
  ~WorkerHandle();  // a process that still runs is killed: stintd is ending
  WorkerHandle(const WorkerHandle&) = delete;
  WorkerHandle& operator=(const WorkerHandle&) = delete;

  // Finish what runs and exit. limit 0 = none; past it: stop(shutdown_timeout).
  void drain(milliseconds limit);
  // The same, told to the tasks; hand back what has not ended by then. 0 = no limit. One that has
  // not exited kStopMargin later is killed. May be called again with another limit.
  void stop(milliseconds limit);
  void pause();
  void resume();
  void look();                      // heartbeat now; is a paused queue still paused?
  void kill(std::string_view why);  // now; no job's fault

  // The tick: kills what is past its kill_at; what is stuck. stuck_after: age of the last beat.
  void check_kill_times(MonoTime now);
  void check_life(MonoTime now, milliseconds stuck_after);
  // Called before the process is reaped, while its group's number is surely its own: ends what its
  // tasks left behind.
  void end_group() const;
  // Requires: waitpid has said so.
  Obituary exited(ExitStatus status);
  std::vector<OutputRelay::Lines> last_lines() { return relay_->finish(); }

  pid_t pid() const { return pid_; }
  const std::string& id() const { return launch_.boot.worker; }
  const Boot& boot() const { return launch_.boot; }
  WorkerState state() const { return state_; }
  bool was_ready() const { return was_ready_; }
  bool was_stuck() const { return stuck_; }
  const std::string& refusal() const {
    return refusal_;
  }  // why it said it cannot start; empty: it did not
  MonoTime started() const { return started_; }
  uint64_t jobs_ended() const;
  size_t jobs_running() const;

 private:
  explicit WorkerHandle(Launch launch, control::FlightRecorder recorder);
  Result<void> launch();
  bool apply(WorkerEvent event);  // false: illegal now; said
  void send(control::FrameType type, std::string_view payload = {});
  void on_frame(control::FrameType type, std::string_view payload);
  void on_limit();
  void signal_group(int signal) const;

  Launch launch_;
  control::FlightRecorder recorder_;
  control::Decoder decoder_;
  std::unique_ptr<Stream> control_;
  std::unique_ptr<OutputRelay> relay_;
  Timer kill_timer_;
  Timer limit_timer_;  // of drain, then of stop
  pid_t pid_ = -1;
  WorkerState state_ = WorkerState::kStarting;
  bool was_ready_ = false;
  bool stop_sent_ = false;
  bool stuck_ = false;
  bool slow_said_ = false;
  std::string refusal_;
  std::vector<Obituary::Blamed> blamed_;
  MonoTime started_;
};

}  // namespace stint
