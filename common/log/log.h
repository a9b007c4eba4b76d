// One line an event: constant text, then key=value; or one JSON object. To stderr; under systemd
// with <N> priorities.
// A function returns an error or logs it, never both; payloads and passwords never. Outages: first
// and recovery only. Thread safety: event() may be called from any thread once open() has returned.
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "common/error.h"

namespace stint::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

struct Field {
  std::string_view key;
  std::string value;
  bool is_number = false;  // a JSON number
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::integral auto v)
      : key(k), value(std::to_string(v)), is_number(true) {}
};

// program: "stintd", "stint-worker". Called once, after exec and before any event.
void open(std::string_view program, Level level, Format format = Format::kText);
void open(std::string_view program, std::string_view level, std::string_view format);  // checked
void set_level(Level level);                         // any time after open()
void set_format(Format format);                      // the same
Result<Level> parse_level(std::string_view text);    // debug, info, warning, error
Result<Format> parse_format(std::string_view text);  // text, json

void event(Level level, std::string_view text, std::span<const Field> fields);
inline void event(Level level, std::string_view text, std::initializer_list<Field> fields = {}) {
  event(level, text, std::span(fields.begin(), fields.size()));
}
inline void debug(std::string_view text, std::initializer_list<Field> f = {}) {
  event(Level::kDebug, text, f);
}
inline void info(std::string_view text, std::initializer_list<Field> f = {}) {
  event(Level::kInfo, text, f);
}
inline void warning(std::string_view text, std::initializer_list<Field> f = {}) {
  event(Level::kWarning, text, f);
}
inline void error(std::string_view text, std::initializer_list<Field> f = {}) {
  event(Level::kError, text, f);
}

}  // namespace stint::log
