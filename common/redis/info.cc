#include "common/redis/info.h"

#include <algorithm>
#include <charconv>

namespace stint::redis {

std::string_view info_field(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    std::string_view line = info.substr(0, info.find('\n'));
    info.remove_prefix(std::min(info.size(), line.size() + 1));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      line.remove_prefix(name.size() + 1);
      return line.substr(0, line.find('\r'));
    }
  }
  return {};
}

int64_t info_number(std::string_view info, std::string_view name) {
  std::string_view text = info_field(info, name);
  int64_t value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace stint::redis
