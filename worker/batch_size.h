// How many jobs a worker may hold beyond those that run: a few milliseconds of work, by the running
// mean of how long the queue's jobs took. Long jobs: none, another worker could run them. Pure;
// used on the loop's thread, one a queue.
#pragma once

#include <chrono>
#include <cstddef>

namespace stint {

class BatchSize {
 public:
  void add(std::chrono::nanoseconds took);

  // 0 until the first job has ended: nothing is known then.
  size_t ahead(size_t slots) const;

 private:
  bool known_ = false;
  double mean_ns_ = 0;
};

}  // namespace stint
