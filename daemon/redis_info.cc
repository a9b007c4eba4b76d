#include "daemon/redis_info.h"

#include <charconv>

namespace stint {

std::string_view info_field(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    size_t end = info.find("\r\n");
    std::string_view line = info.substr(0, end);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return line.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) {
      break;
    }
    info.remove_prefix(end + 2);
  }
  return {};
}

int64_t info_number(std::string_view info, std::string_view name) {
  std::string_view text = info_field(info, name);
  int64_t value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace stint
