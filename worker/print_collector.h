// What the running task has printed comes back from the supervisor line by line, and goes into its
// job's log; from there it travels like what the task says by log(), but within 100 ms. Loop's
// thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "common/loop/timer.h"
#include "worker/queue_runner.h"

namespace stint {

class PrintCollector {
 public:
  PrintCollector(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues);

  void take(std::string_view payload);  // of a kPrinted

 private:
  bool add(Job& job, uint64_t token, int64_t wall_ms, std::string_view lines);
  void flush();

  Context& context_;
  std::span<const std::unique_ptr<QueueRunner>> queues_;
  Timer flush_timer_;  // runs for a while after each flush
  bool fresh_ = false;
};

}  // namespace stint
