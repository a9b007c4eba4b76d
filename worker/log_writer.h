// Carries what tasks say (log lines, progress) to Redis, in batches: with the worker's tick while
// they run, and before the end of an attempt is reported. Fetches the checkpoint of those that ask.
// Loop's thread; one a queue.
#pragma once

#include <span>
#include <vector>

#include "worker/context.h"

namespace stint {

class LogWriter {
 public:
  LogWriter(Context& context, const Lane& lane) : context_(context), lane_(lane) {}

  // Running jobs of the queue that have something new. What cannot be sent is kept for the next
  // time.
  void flush_running();

  // What is left of a job that ends, to be sent before its end, and again with it.
  void take(Job& job, std::vector<LogBatch>& batches);
  void send(std::span<const LogBatch> batches);

  // The last progress of an earlier attempt. After a failure flush_running() asks again for a job
  // that wants it.
  void fetch_checkpoint(Job& job);

 private:
  struct Group {
    std::vector<LogBatch> batches;
    std::vector<std::pair<Job*, stint_job>> jobs;
    size_t bytes = 0;
  };
  LogBatch batch_of(Job& job);
  void add_running(Job& job, Group& group);
  void send_group(Group group);
  static void put_back(Job& job, stint_job handle, LogBatch batch);

  Context& context_;
  const Lane& lane_;
};

}  // namespace stint
