#include "client/json_object.h"

#include <limits>
#include <vector>

#include "common/clock.h"
#include "common/text/text.h"

namespace stint {

std::string json_text(std::string_view bytes) {
  return is_utf8(bytes) ? json_string(bytes)
                        : json_string(to_utf8(bytes, std::numeric_limits<size_t>::max()));
}

std::string json_array(std::span<const std::string> raw_elements) {
  std::string text = "[";
  for (const auto& element : raw_elements) {
    text += text.size() > 1 ? "," : "";
    text += element;
  }
  return text + "]";
}

std::string json_names(std::span<const std::string> names) {
  std::vector<std::string> literals;
  literals.reserve(names.size());
  for (const auto& name : names) {
    literals.push_back(json_text(name));
  }
  return json_array(literals);
}

void JsonObject::add_key(std::string_view name) {
  text_ += text_.size() > 1 ? ",\"" : "\"";
  text_ += name;
  text_ += "\":";
}

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
  return raw(key, json_text(value));
}

JsonObject& JsonObject::number(std::string_view key, int64_t value) {
  return raw(key, std::to_string(value));
}

JsonObject& JsonObject::boolean(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view json) {
  add_key(key);
  text_ += json.empty() ? "null" : json;
  return *this;
}

JsonObject& JsonObject::text(std::string_view key, const std::optional<std::string>& value) {
  return value ? text(key, std::string_view(*value)) : null(key);
}

JsonObject& JsonObject::number(std::string_view key, const std::optional<int64_t>& value) {
  return value ? number(key, *value) : null(key);
}

JsonObject& JsonObject::time(std::string_view key, const std::optional<int64_t>& wall_ms) {
  return wall_ms ? text(key, std::string_view(rfc3339(*wall_ms))) : null(key);
}

}  // namespace stint
