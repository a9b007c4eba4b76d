// The two clocks, and no third. Differences are taken on the monotonic one only; what is stored or
// shown is wall time. now_mono() is CLOCK_BOOTTIME: it goes on while the machine sleeps, as leases
// do (libuv's clock stops there).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace stint {

using std::chrono::milliseconds;

// Nanoseconds since boot, the same for every process of this host: comparable across the flight
// recorder.
struct MonoTime {
  int64_t ns = 0;
  friend auto operator<=>(const MonoTime&, const MonoTime&) =
      default;  // NOLINT(modernize-use-nullptr): clang-tidy 14
};
MonoTime now_mono();
inline milliseconds operator-(MonoTime a, MonoTime b) {
  return milliseconds((a.ns - b.ns) / 1'000'000);
}
inline MonoTime operator+(MonoTime a, milliseconds d) {
  return {a.ns + d.count() * 1'000'000};
}

// Milliseconds since 1970, UTC.
int64_t now_wall_ms();

// "2026-11-20T18:51:43.123Z". Exact for every year from 1970 to 9999.
std::string rfc3339(int64_t wall_ms);

}  // namespace stint
