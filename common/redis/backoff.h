// How long to wait before the next try: doubles from first to longest, each drawn from its upper
// half, so that a thousand workers that lost the same Redis do not come back in one instant. A
// value; the caller says when it is well.
#pragma once

#include <algorithm>
#include <random>

#include "common/clock.h"

namespace stint::redis {

class Backoff {
 public:
  Backoff(milliseconds first, milliseconds longest)
      : first_(first), longest_(longest), next_(first), random_(std::random_device{}()) {}

  milliseconds next() {
    milliseconds base = std::min(next_, longest_);
    next_ = std::min(next_ * 2, longest_);
    std::uniform_int_distribution<milliseconds::rep> spread(base.count() / 2, base.count());
    return milliseconds(spread(random_));
  }
  void reset() { next_ = first_; }

 private:
  milliseconds first_;
  milliseconds longest_;
  milliseconds next_;
  std::minstd_rand random_;
};

}  // namespace stint::redis
