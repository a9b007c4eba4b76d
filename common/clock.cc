#include "common/clock.h"

#include <time.h>

#include <array>

namespace stint {

MonoTime now_mono() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return {int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec};
}

int64_t now_wall_ms() {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1'000'000;
}

std::string rfc3339(int64_t wall_ms) {
  const auto second = std::chrono::floor<std::chrono::seconds>(milliseconds(wall_ms));
  const int64_t ms = wall_ms - milliseconds(second).count();
  // Most that a program says falls within one second, and a calendar costs a microsecond.
  thread_local time_t last = -1;
  thread_local std::array<char, 64> text{};
  thread_local size_t size = 0;
  if (size == 0 || last != second.count()) {
    last = second.count();
    tm parts{};
    gmtime_r(&last, &parts);
    size = strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  }
  std::string out(text.data(), size);
  for (int64_t digit : {ms / 100, ms / 10 % 10, ms % 10}) {
    out.push_back(static_cast<char>('0' + digit));
  }
  out.push_back('Z');
  return out;
}

}  // namespace stint
