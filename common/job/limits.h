// The limits of an attempt, and where each comes from: the job says > [tasks.T] > the plugin >
// [queues.Q] > built-in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/error.h"

namespace stint {

// How long a failed attempt waits before the next: none, fixed:DUR (always DUR) or exp:DUR (DUR *
// 2^(n-1), at most 1 h). As a number for scripts: 0 none, +ms exponential, -ms fixed.
struct Backoff {
  int64_t encoded = 1000;
  friend bool operator==(const Backoff&, const Backoff&) = default;
};
Result<Backoff> parse_backoff(std::string_view text);
std::string to_string(Backoff backoff);

// What one source says; what it does not say is empty.
struct LimitsSaid {
  std::optional<milliseconds> lease;
  std::optional<milliseconds> timeout;  // 0 = none
  std::optional<milliseconds> grace;
  std::optional<milliseconds> keep;  // of the finished job; 0 = not at all
  std::optional<int> retries;        // 0..1000
  std::optional<int> crash_limit;    // 1..1000
  std::optional<Backoff> backoff;
};

// In force, all known.
struct Limits {
  milliseconds lease{30'000};
  milliseconds timeout{3'600'000};
  milliseconds grace{5'000};
  milliseconds keep{3'600'000};
  int retries = 0;
  int crash_limit = 3;
  Backoff backoff;
};

// The fields that `over` says replace those of `base`.
Limits apply(Limits base, const LimitsSaid& over);
LimitsSaid merge(LimitsSaid base, const LimitsSaid& over);

// Bounds on what anyone may say; checked where it is read (job, configuration, plugin).
inline constexpr int kMaxRetries = 1000;
inline constexpr milliseconds kMinLease{1'000};
inline constexpr milliseconds kMaxDuration{int64_t{10} * 365 * 24 * 3600 * 1000};
inline constexpr size_t kMaxParams = size_t{1} << 20;
inline constexpr int kMaxParamsDepth = 64;
inline constexpr size_t kMaxIdBytes = 256;
inline constexpr size_t kMaxResourceBytes = 4096;
inline constexpr size_t kMaxResult = size_t{1} << 20;
inline constexpr size_t kMaxErrorText = 10'000;
inline constexpr size_t kMaxLogLine = 8'000;
inline constexpr size_t kMaxJobLog = size_t{64} << 10;
inline constexpr size_t kInlineParams = 4096;  // longer ones live in `P params`

}  // namespace stint
