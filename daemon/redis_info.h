// Reads one field of the text that INFO answers ("name:value" lines). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace stint {

std::string_view info_field(std::string_view info, std::string_view name);  // "" if there is none
int64_t info_number(std::string_view info, std::string_view name);          // 0 if there is none

}  // namespace stint
