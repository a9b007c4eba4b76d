// One line an event: constant text, then key=value. To stderr; under systemd with <N> priorities.
// A function returns an error or logs it, never both; payloads and passwords never. Outages: first
// and recovery only. Thread safety: event() may be called from any thread once open() has returned.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/error.h"

namespace stint::log {

enum class Level { kDebug, kInfo, kWarning, kError };

struct Field {
  std::string_view key;
  std::string value;
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)) {}
};

// program: "stintd", "stint-worker". Called once, after exec and before any event.
void open(std::string_view program, Level level);
void set_level(Level level);                       // any time after open()
Result<Level> parse_level(std::string_view text);  // debug, info, warning, error

void event(Level level, std::string_view text, std::initializer_list<Field> fields = {});
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
