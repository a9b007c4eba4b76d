#include "worker/batch_size.h"

#include <algorithm>

namespace stint {

namespace {

constexpr double kHeldBackNs = 5e6;
// One long job among short ones raises the mean by a sixteenth of it and is forgotten after some
// dozens.
constexpr double kWeightOfNewest = 1.0 / 16;
// Fewer in a batch cost Redis more than those that have to wait.
constexpr double kLeast = 25;
constexpr double kGrowth = 2;

}  // namespace

void BatchSize::add(std::chrono::nanoseconds took) {
  auto ns = static_cast<double>(took.count());
  mean_ns_ = known_ ? mean_ns_ + (ns - mean_ns_) * kWeightOfNewest : ns;
  known_ = true;
}

// Less by as much as was missing. A little more after each claim that was served in full, so that
// workers which share the resources come to a balance. Where most have to wait for a few resources,
// holding back less would not help: then it is the more the better, to get past them.
void BatchSize::note_claim(size_t asked, size_t given) {
  const double share = static_cast<double>(given) / static_cast<double>(asked);
  if (share >= 1) {
    most_ += kGrowth;
  } else if (share >= 0.5) {
    most_ *= share;
  } else {
    most_ = kBatchJobs;
  }
  most_ = std::clamp(most_, kLeast, static_cast<double>(kBatchJobs));
}

size_t BatchSize::ahead(size_t slots) const {
  if (!known_) {
    return 0;
  }
  double jobs = kHeldBackNs * static_cast<double>(slots) / std::max(mean_ns_, 1.0);
  return static_cast<size_t>(std::min(jobs, most_));
}

}  // namespace stint
