// Reads one field of the text that INFO answers: "name:value" lines. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace stint::redis {

// A view into info; empty if there is no such field.
std::string_view info_field(std::string_view info, std::string_view name);
// The digits at its start, "7.0.15" is 7; 0 if there are none.
int64_t info_number(std::string_view info, std::string_view name);

}  // namespace stint::redis
