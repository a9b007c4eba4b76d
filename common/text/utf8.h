// One character of UTF-8 at a time: what is_utf8(), escape() and the JSON scanner stand on.
// Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Pure; any thread.
#pragma once

#include <string_view>

namespace stint {

// The length, 1..4, of the character that starts at text[at]; 0 if none does. Requires: at <
// text.size().
inline size_t utf8_char(std::string_view text, size_t at) {
  auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i])) : 0U;
  };
  auto tail = [&byte](size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(at);
  const unsigned second = byte(at + 1);
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc2 || first > 0xf4 || !tail(at + 1)) {
    return 0;
  }
  if (first < 0xe0) {
    return 2;
  }
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second > 0x9f;
    return !overlong && !surrogate && tail(at + 2) ? 3 : 0;
  }
  const bool overlong = first == 0xf0 && second < 0x90;
  const bool too_high = first == 0xf4 && second > 0x8f;
  return !overlong && !too_high && tail(at + 2) && tail(at + 3) ? 4 : 0;
}

}  // namespace stint
