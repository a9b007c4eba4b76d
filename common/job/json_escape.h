// The \uXXXX escapes of JSON: used by the scanner, which checks them, and by unescape(), which
// reads them. Pure; any thread.
#pragma once

#include <string_view>

namespace stint::json {

// -1: no hexadecimal digit.
inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The four digits at text[at]; -1: they are not there.
inline int hex4(std::string_view text, size_t at) {
  int value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = i < text.size() ? hex_digit(text[i]) : -1;
    if (digit < 0) {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

inline bool is_high_surrogate(int unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
inline bool is_low_surrogate(int unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

}  // namespace stint::json
