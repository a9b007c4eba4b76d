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
  time_t seconds = static_cast<time_t>(wall_ms / 1000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                           parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                           parts.tm_min, parts.tm_sec, static_cast<int>(wall_ms % 1000));
  return {text.data(), static_cast<size_t>(size)};
}

}  // namespace stint
