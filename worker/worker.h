// The process that runs jobs. Owns every part, wires them, and looks at all of them once whenever
// something has changed. The loop runs on the main thread; each slot is a thread that meets the
// loop in Stock and JobTable only.
//
// A job's way through it: Claimer (Redis gives it) -> Adoption (flight recorder, record, task,
// limits) -> Stock -> Slot (task code) -> Stock -> judge() -> Reporter (Redis takes the end) -> its
// place is free. Beside it LeaseKeeper renews, RunWatch watches deadlines, Dispatcher decides how
// many are claimed from which queue, Shutdown ends it all.
#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "worker/announcer.h"
#include "worker/control_link.h"
#include "worker/dispatcher.h"
#include "worker/output_watch.h"
#include "worker/plugin_host/plugin.h"
#include "worker/print_collector.h"
#include "worker/queue_runner.h"
#include "worker/redis_greeter.h"
#include "worker/run_watch.h"
#include "worker/shutdown.h"
#include "worker/slot.h"
#include "worker/standalone_signals.h"

namespace stint {

class Worker {
 public:
  struct Start {
    Boot boot;
    control::FlightRecorder recorder;
    std::vector<Plugin> plugins;  // open
    TaskTable tasks;
  };
  explicit Worker(Start start);

  // Until it has been told to leave and nothing is held any more. The exit code; the caller must
  // _exit() with it, since tasks may still run in their threads.
  int run();

 private:
  void open_control();
  void open_queues();
  void on_frame(control::FrameType type, std::string_view payload);
  void on_orphaned();
  void watch_output();
  void on_redis_good(const redis::ServerInfo& server);
  void say_ready();
  void on_redis_down(const Error& error);
  void on_second();
  void on_overdue(Job& job);
  void on_over(bool abandoned);
  void turn();
  void turn_once();
  void collect();
  void recycle(std::string_view why);
  void pause(bool on);
  void begin_stop(milliseconds limit);
  void refuse(const std::string& reason);

  Start start_;
  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_prepare_t before_sleep_{};
  bool changed_ = true;
  int exit_code_ = 0;

  JobTable jobs_;
  Stock stock_;
  redis::Connection redis_;
  Context context_;
  std::vector<std::unique_ptr<QueueRunner>> queues_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Announcer> announcer_;
  std::unique_ptr<RedisGreeter> greeter_;
  std::unique_ptr<RunWatch> watch_;
  std::unique_ptr<Shutdown> shutdown_;
  std::unique_ptr<Timer> second_;
  std::unique_ptr<ControlLink> control_;        // supervised
  std::unique_ptr<StandaloneSignals> signals_;  // not supervised
  std::unique_ptr<OutputWatch> output_;         // supervised, one slot
  std::unique_ptr<PrintCollector> prints_;      // the same
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<uint32_t> ended_, asked_;  // of collect(), kept for their memory
  bool ready_said_ = false;
  bool paused_ = false;
};

}  // namespace stint
