// What stintd and stint say of a bad option: CLI11's own words name no value and read like a
// program's. Included by files that know CLI11 only.
#pragma once

#include <charconv>
#include <string>

#include <CLI/CLI.hpp>

#include "common/text/text.h"

namespace stint {

// A whole number. name: the option as it is shown. Throws CLI::ValidationError, "--retries: abc is
// not a number".
inline int int_of(const std::string& name, const std::string& word) {
  int value = 0;
  const char* end = word.data() + word.size();
  auto [stop, failed] = std::from_chars(word.data(), end, value);
  if (failed == std::errc::result_out_of_range && stop == end) {
    throw CLI::ValidationError(name, escape(word, 64) + " is out of range");
  }
  if (failed != std::errc() || stop != end) {
    bool begins = stop != word.data();
    throw CLI::ValidationError(
        name, escape(word, 64) + (begins ? " is not a whole number" : " is not a number"));
  }
  return value;
}

// One line for what CLI11 refuses by itself.
inline std::string words_for(const CLI::ParseError& error) {
  std::string text = error.what();
  if (error.get_name() == "ArgumentMismatch") {
    bool twice = text.find("At Most") != std::string::npos;
    return text.substr(0, text.find(": ")) +
           (twice ? ": is given more than once" : ": its value is missing");
  }
  constexpr std::string_view kConvert = "Could not convert: ";
  if (text.starts_with(kConvert)) {  // numbers are read by int_of(): a flag
    return text.substr(kConvert.size(), text.find(" = ") - kConvert.size()) + ": takes no value";
  }
  return text;
}

}  // namespace stint
