#include "common/control/printed.h"

#include <charconv>

namespace stint::control {

namespace {

// The number at the front and the sign behind it, taken off.
template <typename Number>
bool take(std::string_view& text, char end, Number& number) {
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  auto size = static_cast<size_t>(at - text.data());
  if (error != std::errc{} || size == text.size() || *at != end) {
    return false;
  }
  text.remove_prefix(size + 1);
  return true;
}

}  // namespace

std::string encode_printed(const Printed& printed) {
  std::string payload = std::to_string(printed.entry) + " " + std::to_string(printed.token) + " " +
                        std::to_string(printed.number) + " " + std::to_string(printed.wall_ms) +
                        "\n";
  return payload.append(printed.lines);
}

std::optional<Printed> parse_printed(std::string_view payload) {
  Printed printed;
  if (!take(payload, ' ', printed.entry) || !take(payload, ' ', printed.token) ||
      !take(payload, ' ', printed.number) || !take(payload, '\n', printed.wall_ms)) {
    return std::nullopt;
  }
  printed.lines = payload;
  return printed;
}

}  // namespace stint::control
