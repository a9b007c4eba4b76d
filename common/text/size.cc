#include <array>
#include <cstdio>

#include "common/text/quantity.h"
#include "common/text/text.h"

namespace stint {
namespace {

struct SizeUnit {
  std::string_view name;
  int64_t bytes;
};
constexpr std::array<SizeUnit, 11> kSizeUnits = {{
    {"", 1},
    {"B", 1},
    {"kB", 1'000},
    {"KB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"KiB", int64_t{1} << 10},
    {"MiB", int64_t{1} << 20},
    {"GiB", int64_t{1} << 30},
    {"TiB", int64_t{1} << 40},
}};

Error bad_size(std::string_view text, const std::string& why) {
  return {ErrorCode::kInvalid, "size '" + escape(text, 100) + "' " + why};
}

}  // namespace

Result<int64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  skip_spaces(rest);
  const std::optional<Quantity> number = take_quantity(rest);
  if (!number) {
    return bad_size(text, "is not a size: write for example 512MiB, 1GB or 1024");
  }
  skip_spaces(rest);
  const std::string_view name = take_letters(rest);
  skip_spaces(rest);
  if (!rest.empty()) {
    return bad_size(text, "is not a size: write for example 512MiB, 1GB or 1024");
  }
  for (const SizeUnit& unit : kSizeUnits) {
    if (unit.name != name) {
      continue;
    }
    const std::optional<int64_t> bytes = times(*number, unit.bytes);
    return bytes ? Result<int64_t>(*bytes)
                 : bad_size(text, "is too large, or no whole number of bytes");
  }
  return bad_size(text, "has the unknown unit '" + std::string(name.substr(0, 32)) +
                            "': known are KiB, MiB, GiB, TiB (1024) and kB, MB, GB, TB (1000)");
}

std::string format_size(int64_t bytes) {
  constexpr std::array<const char*, 5> kNames = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) {
    return std::to_string(bytes) + " B";
  }
  double value = static_cast<double>(bytes) / 1024;
  size_t name = 0;
  while (value >= 1023.95 && name + 1 < kNames.size()) {
    value /= 1024;
    ++name;
  }
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%.1f %s", value, kNames.at(name));
  return text.data();
}

}  // namespace stint
