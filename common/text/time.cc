#include <chrono>

#include "common/text/text.h"

namespace stint {
namespace {

constexpr int64_t kDaySeconds = 86'400;

Error bad_time(std::string_view text, const std::string& why) {
  return {ErrorCode::kInvalid, "time '" + escape(text, 100) + "' " + why};
}

// Takes `count` digits off the head of text; -1: they are not there.
int take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) {
    return -1;
  }
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return -1;
    }
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_one_of(std::string_view& text, std::string_view chars) {
  if (text.empty() || chars.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

// Days since 1970; empty: there is no such day.
std::optional<int64_t> take_date(std::string_view& text) {
  const int year = take_digits(text, 4);
  if (year < 0 || !take_one_of(text, "-")) {
    return std::nullopt;
  }
  const int month = take_digits(text, 2);
  if (month < 0 || !take_one_of(text, "-")) {
    return std::nullopt;
  }
  const int day = take_digits(text, 2);
  if (day < 0) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// Milliseconds since midnight; 23:59:60 is a day's length. Digits after the third of a fraction are
// dropped.
std::optional<int64_t> take_clock(std::string_view& text) {
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take_one_of(text, ":")) {
    return std::nullopt;
  }
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take_one_of(text, ":")) {
    return std::nullopt;
  }
  const int second = take_digits(text, 2);
  if (second < 0 || second > 60) {
    return std::nullopt;
  }
  int64_t ms = (int64_t{hour} * 3600 + int64_t{minute} * 60 + second) * 1000;
  if (!take_one_of(text, ".")) {
    return ms;
  }
  int weight = 100;
  bool any = false;
  for (int digit = 0; (digit = take_digits(text, 1)) >= 0; any = true) {
    ms += int64_t{digit} * weight;
    weight /= 10;
  }
  return any ? std::optional<int64_t>(ms) : std::nullopt;
}

// Seconds east of UTC, to the end of the text.
std::optional<int64_t> take_zone(std::string_view& text) {
  if (take_one_of(text, "Zz")) {
    return text.empty() ? std::optional<int64_t>(0) : std::nullopt;
  }
  const int64_t sign = text.starts_with('-') ? -1 : 1;
  if (!take_one_of(text, "+-")) {
    return std::nullopt;
  }
  const int hours = take_digits(text, 2);
  if (hours < 0 || hours > 23 || !take_one_of(text, ":")) {
    return std::nullopt;
  }
  const int minutes = take_digits(text, 2);
  if (minutes < 0 || minutes > 59 || !text.empty()) {
    return std::nullopt;
  }
  return sign * (int64_t{hours} * 3600 + int64_t{minutes} * 60);
}

}  // namespace

Result<int64_t> parse_time(std::string_view text) {
  const std::string example = "write for example 2026-11-20T18:51:43Z";
  std::string_view rest = text;
  if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
    return bad_time(text, "is none: " + example);
  }
  const std::optional<int64_t> days = take_date(rest);
  if (!days) {
    return bad_time(text, "has no such date: " + example);
  }
  if (!take_one_of(rest, "Tt ")) {
    return bad_time(text, "is not RFC 3339: " + example);
  }
  const bool leap_second = rest.substr(0, 8).ends_with(":60");
  const std::optional<int64_t> clock = take_clock(rest);
  if (!clock) {
    return bad_time(text, "has no such time of day: " + example);
  }
  if (rest.empty()) {
    return bad_time(text, "has no zone: end it with Z or an offset such as +05:30");
  }
  const std::optional<int64_t> zone = take_zone(rest);
  if (!zone) {
    return bad_time(text, "has a zone that is neither Z nor an offset such as +05:30");
  }
  const int64_t ms = *days * kDaySeconds * 1000 + *clock - *zone * 1000;
  if (leap_second && (ms / 1000) % kDaySeconds != 0) {
    return bad_time(text, "has a second 60 that is not the end of a day in UTC");
  }
  return ms;
}

}  // namespace stint
