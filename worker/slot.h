// One thread that runs task code, one job at a time. It notes the start in the flight recorder
// before task code runs and the end after it, and refuses to start a job whose lease has run too
// far: this process may have been stopped for a while. Everything else (Redis, deadlines, judging)
// is the loop's.
#pragma once

#include <cstdint>
#include <thread>

#include "common/control/flight_recorder.h"
#include "worker/job_table.h"
#include "worker/kill_time.h"
#include "worker/output_watch.h"
#include "worker/stock.h"

namespace stint {

class Slot {
 public:
  // References must outlive the thread.
  // output: of a worker's only slot, null: nobody asks whose lines they are.
  Slot(uint32_t index, Stock& stock, JobTable& jobs, control::FlightRecorder& recorder,
       OutputWatch* output);
  // Joins. Requires: the stock is closed and no task runs that will never end.
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  void run();
  bool perform(Job& job);  // whether it took long enough to be worth a report of its own
  void mark_start(Job& job, const KillTime& kill, int64_t wall_ms);
  void wait_for_output(Job& job, MonoTime began, MonoTime ended);

  const uint32_t index_;
  Stock& stock_;
  JobTable& jobs_;
  control::FlightRecorder& recorder_;
  OutputWatch* const output_;
  std::thread thread_;
};

}  // namespace stint
