#include "common/clock.h"

#include <time.h>

#include <array>
#include <cstdio>

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
  const int64_t ms = (wall_ms % 1000 + 1000) % 1000;
  const time_t second = wall_ms / 1000 - (wall_ms % 1000 < 0 ? 1 : 0);
  // Most that a program says falls within one second, and a calendar costs a microsecond.
  thread_local time_t last = -1;
  thread_local std::array<char, 64> text{};
  thread_local size_t size = 0;
  if (size == 0 || last != second) {
    last = second;
    tm parts{};
    gmtime_r(&second, &parts);
    size = static_cast<size_t>(std::snprintf(
        text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.", parts.tm_year + 1900,
        parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec));
  }
  std::string out(text.data(), size);
  for (int64_t digit : {ms / 100, ms / 10 % 10, ms % 10}) {
    out.push_back(static_cast<char>('0' + digit));
  }
  out.push_back('Z');
  return out;
}

}  // namespace stint
