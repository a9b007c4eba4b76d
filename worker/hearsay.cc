#include "worker/hearsay.h"

#include <cstdlib>

namespace stint {

namespace {

constexpr int64_t kFreshMs = 60'000;
constexpr milliseconds kSaysAgainWithin{25'000};

}  // namespace

bool Hearsay::somebody_has(std::string_view task, int64_t said_ms, int64_t redis_ms, MonoTime now) {
  auto known = stale_.find(task);
  if (std::abs(redis_ms - said_ms) < kFreshMs) {
    if (known != stale_.end()) {
      stale_.erase(known);
    }
    return true;
  }
  if (known == stale_.end() || known->second.said_ms != said_ms) {
    stale_.insert_or_assign(std::string(task), Stale{said_ms, now});
    return true;
  }
  return now - known->second.since < kSaysAgainWithin;
}

}  // namespace stint
