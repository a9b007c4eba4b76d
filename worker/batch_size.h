// How many jobs a worker may hold beyond those that run: a few milliseconds of work, by the running
// mean of how long the queue's jobs took. Long jobs: none, another worker could run them. Fewer
// while claims find resources held: what many workers hold back at once can be more than there are
// resources, and who then has to wait for one is taken twice. Pure; used on the loop's thread, one
// a queue.
#pragma once

#include <chrono>
#include <cstddef>

#include "common/queue/keys.h"

namespace stint {

class BatchSize {
 public:
  void add(std::chrono::nanoseconds took);
  // A claim has asked for so many jobs (1 at least) and was given so many.
  void note_claim(size_t asked, size_t given);

  // 0 until the first job has ended: nothing is known then.
  size_t ahead(size_t slots) const;

 private:
  bool known_ = false;
  double mean_ns_ = 0;
  double most_ = kBatchJobs;
};

}  // namespace stint
