#include <array>

#include "common/job/limits.h"
#include "common/text/quantity.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr const char* kTooLong = "is out of range: at most 10 years (3650d)";

struct DurationUnit {
  std::string_view name;
  int64_t ms;
};
constexpr std::array<DurationUnit, 6> kShownUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}, {"", 0}}};
constexpr std::array<DurationUnit, 21> kDurationUnits = {{
    {"w", 604'800'000},  {"week", 604'800'000}, {"weeks", 604'800'000},
    {"d", 86'400'000},   {"day", 86'400'000},   {"days", 86'400'000},
    {"h", 3'600'000},    {"hour", 3'600'000},   {"hours", 3'600'000},
    {"m", 60'000},       {"min", 60'000},       {"minute", 60'000},
    {"minutes", 60'000}, {"s", 1'000},          {"sec", 1'000},
    {"second", 1'000},   {"seconds", 1'000},    {"ms", 1},
    {"msec", 1},         {"millisecond", 1},    {"milliseconds", 1},
}};

int64_t unit_ms(std::string_view name) {
  for (const DurationUnit& unit : kDurationUnits) {
    if (unit.name == name) {
      return unit.ms;
    }
  }
  return 0;
}

Error bad_duration(std::string_view text, const std::string& why) {
  return {ErrorCode::kInvalid, "duration '" + escape(text, 100) + "' " + why};
}

// `text` after its number: the unit's ms, or what is wrong with it.
Result<int64_t> take_unit(std::string_view whole_text, std::string_view& text) {
  skip_spaces(text);
  const std::string_view name = take_letters(text);
  if (name.empty()) {
    return bad_duration(whole_text, "has no unit: write for example 10s, 250ms or 1h30m");
  }
  const int64_t ms = unit_ms(name);
  if (ms == 0) {
    return bad_duration(whole_text, "has the unknown unit '" + std::string(name.substr(0, 32)) +
                                        "': known are ms, s, m, h, d, w");
  }
  return ms;
}

// One `3 minutes`, in a unit shorter than the last one, which it then is.
Result<int64_t> take_part(std::string_view whole_text, std::string_view& text, int64_t& last_unit) {
  const std::optional<Quantity> number = take_quantity(text);
  if (!number) {
    return bad_duration(whole_text, "is not a duration: write for example 10s, 250ms or 1h30m");
  }
  const bool bare_zero = last_unit == INT64_MAX && text.empty() && times(*number, 1) == 0;
  if (bare_zero) {
    return 0;
  }
  Result<int64_t> unit = take_unit(whole_text, text);
  if (!unit) {
    return unit;
  }
  if (*unit >= last_unit) {
    return bad_duration(whole_text, "must name its units from long to short, each once");
  }
  last_unit = *unit;
  if (number->whole > kMaxDuration.count() / *unit) {
    return bad_duration(whole_text, kTooLong);
  }
  const std::optional<int64_t> part = times(*number, *unit);
  return part ? Result<int64_t>(*part) : bad_duration(whole_text, "is finer than a millisecond");
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  skip_spaces(rest);
  int64_t sum = 0;
  int64_t last_unit = INT64_MAX;
  do {
    const Result<int64_t> part = take_part(text, rest, last_unit);
    if (!part) {
      return part.error();
    }
    sum += *part;
    if (sum > kMaxDuration.count()) {
      return bad_duration(text, kTooLong);
    }
    skip_spaces(rest);
  } while (!rest.empty());
  return milliseconds(sum);
}

std::string format_duration(milliseconds d) {
  if (d.count() == 0) {
    return "0s";
  }
  std::string out = d.count() < 0 ? "-" : "";
  uint64_t rest =
      d.count() < 0 ? 0 - static_cast<uint64_t>(d.count()) : static_cast<uint64_t>(d.count());
  for (const DurationUnit& unit : kShownUnits) {
    const auto size = static_cast<uint64_t>(unit.ms);
    if (size != 0 && rest >= size) {
      out += std::to_string(rest / size);
      out += unit.name;
      rest %= size;
    }
  }
  return out;
}

}  // namespace stint
