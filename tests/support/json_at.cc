// Apart from daemon.cc: nlohmann takes seconds to compile.
#include <nlohmann/json.hpp>

#include "tests/support/daemon.h"

namespace stint::test {

std::string json_at(const std::string& json, const std::string& pointer) {
  auto value = nlohmann::ordered_json::parse(json, nullptr, false);
  if (value.is_discarded()) {
    return {};
  }
  nlohmann::ordered_json::json_pointer where(pointer);
  if (!value.contains(where)) {
    return {};
  }
  const auto& found = value.at(where);
  return found.is_string() ? found.get<std::string>() : found.dump();
}

}  // namespace stint::test
