// A strict JSON scanner: checks syntax (RFC 8259), UTF-8 and depth in one pass without recursion
// and without building anything, and tells where the members of the outermost object lie, so that
// their bytes can be kept as they are. Why not a parser: params must come back byte for byte (no
// number, no empty array may change), parsing costs 5 us a job and nests as deep as the sender
// likes. Pure; any thread; never throws but for memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/error.h"

namespace stint::json {

// key is the literal without its quotes, escapes as written; value has no space around it. Views
// into the text. An error ends the scan and is returned.
using OnMember = std::function<Result<void>(std::string_view key, std::string_view value)>;

// One JSON value with nothing but whitespace around it, nested at most max_depth levels: a scalar
// has 0, `[]` has 1. on_member is called for the members of an outermost object, in order, each as
// soon as it has been read; where it is given, max_depth holds for each member's value. On failure:
// kInvalid, with the byte, counted from 1.
Result<void> scan(std::string_view text, int max_depth, const OnMember& on_member = {});

// The characters of a string literal without its quotes. Requires: scan() accepted it.
std::string unescape(std::string_view literal);

// What a value is, by its first byte. Requires: scan() accepted it.
enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
Kind kind_of(std::string_view value);
std::string_view to_string(Kind kind);  // "null", "a number", ...

}  // namespace stint::json
