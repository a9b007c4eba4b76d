// A token bucket that counts what it refused. Pure: the caller brings the clock. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/clock.h"

namespace stint {

class RateLimit {
 public:
  // At most `burst` at once and `per_second` in the long run.
  RateLimit(int64_t per_second, int64_t burst) : per_second_(per_second), burst_(burst) {}

  // cost: how many permissions it takes, at most `burst`.
  bool allow(MonoTime now, int64_t cost = 1) {
    refill(now);
    if (credit_ns_ < cost * kSecond) {
      ++refused_;
      return false;
    }
    credit_ns_ -= cost * kSecond;
    return true;
  }
  int64_t take_refused() { return std::exchange(refused_, 0); }  // since the last call

 private:
  static constexpr int64_t kSecond = 1'000'000'000;

  void refill(MonoTime now) {
    if (!started_) {
      credit_ns_ = burst_ * kSecond;
      started_ = true;
    } else if (now > last_) {
      // An hour is more than any bucket holds; the bound keeps the product in range.
      int64_t passed = std::min(now.ns - last_.ns, 3600 * kSecond);
      credit_ns_ = std::min(burst_ * kSecond, credit_ns_ + passed * per_second_);
    }
    last_ = std::max(last_, now);
  }

  int64_t per_second_;
  int64_t burst_;
  int64_t credit_ns_ = 0;  // one permission = kSecond
  int64_t refused_ = 0;
  MonoTime last_;
  bool started_ = false;
};

}  // namespace stint
