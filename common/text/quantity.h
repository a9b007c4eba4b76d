// A decimal number at the head of a text, and its exact multiple by a unit: what durations and
// sizes share. Pure; any thread. Nothing is rounded and nothing wraps.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stint {

struct Quantity {
  int64_t whole = 0;
  int64_t fraction = 0;  // 1.25: 25 of
  int64_t scale = 1;     //       100
};

// Takes `12` or `12.5` off the head of text. Empty: there is none, or it has more than 18 and 9
// digits.
std::optional<Quantity> take_quantity(std::string_view& text);

// quantity * unit. Empty: it overflows, or is not a whole number.
std::optional<int64_t> times(const Quantity& quantity, int64_t unit);

// Takes the letters off the head of text.
std::string_view take_letters(std::string_view& text);
void skip_spaces(std::string_view& text);

}  // namespace stint
