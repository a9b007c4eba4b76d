#include "daemon/own_line.h"

#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/log/line.h"

namespace stint {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::array kLevels{log::Level::kDebug, log::Level::kInfo, log::Level::kWarning,
                             log::Level::kError};
constexpr std::string_view kProgram = "stint-worker";

// "2026-11-20T18:51:43.123Z info  stint-worker: BODY"
bool log_text(std::string_view line, const std::string& worker) {
  constexpr size_t kTime = 25;
  if (line.size() < kTime || line[kTime - 2] != 'Z') {
    return false;
  }
  for (log::Level level : kLevels) {
    std::string start(log::level_name(level));
    start.append(level == log::Level::kInfo ? "  " : " ").append(kProgram).append(": ");
    if (line.substr(kTime).starts_with(start)) {
      log::event(level, line.substr(kTime + start.size()), {{"worker", worker}});
      return true;
    }
  }
  return false;
}

std::string text_of(const Json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// {"time":"...","level":"info","program":"stint-worker","text":"...","key":"value","number":3}
bool log_object(std::string_view line, const std::string& worker) {
  if (!line.starts_with(log::kObjectStart)) {
    return false;
  }
  const Json object = Json::parse(line, nullptr, false);
  auto level = log::parse_level(text_of(object, "level"));
  if (!level || text_of(object, "program") != kProgram) {
    return false;
  }
  std::vector<log::Field> fields;
  for (const auto& [key, value] : object.items()) {
    if (key == "time" || key == "level" || key == "program" || key == "text" || key == "worker") {
      continue;
    }
    if (!value.is_string() && !value.is_number()) {
      return false;
    }
    fields.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
    fields.back().is_number = value.is_number();
  }
  fields.emplace_back("worker", worker);
  log::event(*level, text_of(object, "text"), fields);
  return true;
}

}  // namespace

bool log_again(std::string_view line, const std::string& worker) {
  return log_text(line, worker) || log_object(line, worker);
}

}  // namespace stint
