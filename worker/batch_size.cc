#include "worker/batch_size.h"

#include <algorithm>

#include "common/queue/keys.h"

namespace stint {

namespace {

constexpr double kHeldBackNs = 5e6;
// One long job among short ones raises the mean by a sixteenth of it and is forgotten after some
// dozens.
constexpr double kWeightOfNewest = 1.0 / 16;

}  // namespace

void BatchSize::add(std::chrono::nanoseconds took) {
  auto ns = static_cast<double>(took.count());
  mean_ns_ = known_ ? mean_ns_ + (ns - mean_ns_) * kWeightOfNewest : ns;
  known_ = true;
}

size_t BatchSize::ahead(size_t slots) const {
  if (!known_) {
    return 0;
  }
  double jobs = kHeldBackNs * static_cast<double>(slots) / std::max(mean_ns_, 1.0);
  return static_cast<size_t>(std::min(jobs, static_cast<double>(kBatchJobs)));
}

}  // namespace stint
