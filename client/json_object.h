// One JSON object as text, fields in the order in which they are added. Raw fields go in byte for
// byte (parameters, results): 2^63-1, 1.0 and [] come out as they were stored, which no JSON
// library's round trip promises.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stint {

class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value);  // any bytes: made valid UTF-8
  JsonObject& number(std::string_view key, int64_t value);
  JsonObject& boolean(std::string_view key, bool value);
  JsonObject& raw(std::string_view key, std::string_view json);  // empty: null
  JsonObject& null(std::string_view key) { return raw(key, "null"); }
  // Absent = null.
  JsonObject& text(std::string_view key, const std::optional<std::string>& value);
  JsonObject& number(std::string_view key, const std::optional<int64_t>& value);
  JsonObject& time(std::string_view key, const std::optional<int64_t>& wall_ms);  // RFC 3339
  std::string str() const { return text_ + "}"; }

 private:
  void add_key(std::string_view name);
  std::string text_ = "{";
};

std::string json_text(std::string_view bytes);                      // a string literal
std::string json_array(std::span<const std::string> raw_elements);  // each JSON already
std::string json_names(std::span<const std::string> names);         // an array of strings

}  // namespace stint
