// Base64 (RFC 4648, section 4, padded): bytes as a word for JSON and a shell. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stint::cli {

std::string to_base64(std::string_view bytes);
// Empty unless to_base64() writes exactly this text.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace stint::cli
