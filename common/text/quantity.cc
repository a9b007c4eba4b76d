#include "common/text/quantity.h"

namespace stint {
namespace {

constexpr size_t kWholeDigits = 18;
constexpr size_t kFractionDigits = 9;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t count_digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) {
    ++count;
  }
  return count;
}

int64_t to_number(std::string_view digits) {
  int64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<Quantity> take_quantity(std::string_view& text) {
  Quantity quantity;
  const size_t whole = count_digits(text);
  if (whole == 0 || whole > kWholeDigits) {
    return std::nullopt;
  }
  quantity.whole = to_number(text.substr(0, whole));
  text.remove_prefix(whole);
  if (!text.starts_with('.')) {
    return quantity;
  }
  const size_t fraction = count_digits(text.substr(1));
  if (fraction == 0 || fraction > kFractionDigits) {
    return std::nullopt;
  }
  quantity.fraction = to_number(text.substr(1, fraction));
  for (size_t i = 0; i < fraction; ++i) {
    quantity.scale *= 10;
  }
  text.remove_prefix(1 + fraction);
  return quantity;
}

std::optional<int64_t> times(const Quantity& quantity, int64_t unit) {
  int64_t whole = 0;
  int64_t fraction = 0;
  int64_t sum = 0;
  if (__builtin_mul_overflow(quantity.whole, unit, &whole) ||
      __builtin_mul_overflow(quantity.fraction, unit, &fraction) ||
      fraction % quantity.scale != 0 ||
      __builtin_add_overflow(whole, fraction / quantity.scale, &sum)) {
    return std::nullopt;
  }
  return sum;
}

std::string_view take_letters(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_letter(text[count])) {
    ++count;
  }
  const std::string_view letters = text.substr(0, count);
  text.remove_prefix(count);
  return letters;
}

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
}

}  // namespace stint
