#include "common/job/json_escape.h"
#include "common/job/json_scan.h"

namespace stint::json {
namespace {

void append_utf8(std::string& out, unsigned code) {
  auto tail = [&out](unsigned bits) { out.push_back(static_cast<char>(0x80U | (bits & 0x3fU))); };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0U | (code >> 6U)));
    tail(code);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0U | (code >> 12U)));
    tail(code >> 6U);
    tail(code);
  } else {
    out.push_back(static_cast<char>(0xf0U | (code >> 18U)));
    tail(code >> 12U);
    tail(code >> 6U);
    tail(code);
  }
}

// The escape at literal[at], which is a backslash; moves `at` behind it.
void append_escape(std::string& out, std::string_view literal, size_t& at) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  const char kind = literal[at + 1];
  if (kind != 'u') {
    out.push_back(kMeant[kNames.find(kind)]);
    at += 2;
    return;
  }
  auto code = static_cast<unsigned>(hex4(literal, at + 2));
  at += 6;
  if (is_high_surrogate(static_cast<int>(code))) {
    const auto low = static_cast<unsigned>(hex4(literal, at + 2));
    code = 0x10000U + ((code - 0xd800U) << 10U) + (low - 0xdc00U);
    at += 6;
  }
  append_utf8(out, code);
}

}  // namespace

std::string unescape(std::string_view literal) {
  if (literal.find('\\') == std::string_view::npos) {
    return std::string(literal);
  }
  std::string out;
  out.reserve(literal.size());
  for (size_t at = 0; at < literal.size();) {
    if (literal[at] == '\\') {
      append_escape(out, literal, at);
    } else {
      out.push_back(literal[at]);
      ++at;
    }
  }
  return out;
}

Kind kind_of(std::string_view value) {
  switch (value.front()) {
    case 'n':
      return Kind::kNull;
    case 't':
    case 'f':
      return Kind::kBool;
    case '"':
      return Kind::kString;
    case '[':
      return Kind::kArray;
    case '{':
      return Kind::kObject;
    default:
      return Kind::kNumber;
  }
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "true or false";
    case Kind::kNumber:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
  }
  return "";
}

}  // namespace stint::json
