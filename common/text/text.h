// Values as people write them (docs/man: durations, sizes, times), and text made safe to show.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/error.h"

namespace stint {

// `250ms`, `10s`, `1h30m`, `2d`, `3 minutes 5 seconds`, `0`. On failure: kInvalid; a bare number
// other than 0 is refused.
Result<milliseconds> parse_duration(std::string_view text);
std::string format_duration(milliseconds d);  // "1h30m": parse_duration() reads it back

// `512MiB`, `1GB`, `1024`, `0`; KiB MiB GiB TiB are powers of 1024, kB MB GB TB of 1000.
Result<int64_t> parse_size(std::string_view text);
std::string format_size(int64_t bytes);  // for people: "64.0 MiB"

// RFC 3339 with zone -> wall clock ms. On failure: kInvalid.
Result<int64_t> parse_time(std::string_view text);

bool is_utf8(std::string_view text);
bool has_control(std::string_view text);  // bytes below 0x20, 0x7f, and U+0080..U+009F
// Invalid bytes become U+FFFD; cut at a character's edge to at most max_bytes with " [cut]" at the
// end.
std::string to_utf8(std::string_view bytes, size_t max_bytes);
// A line of a job's log: the same, and control characters but tabs as spaces.
std::string log_text(std::string_view bytes, size_t max_bytes);
// For a log line or a terminal: control characters and invalid bytes as \xNN. Never longer than
// max_bytes.
std::string escape(std::string_view bytes, size_t max_bytes);
std::string json_string(std::string_view utf8);  // with quotes
std::string joined(std::span<const std::string> words, std::string_view between = ", ");

// The nearest known name, if one is near enough to be meant (edit distance at most a third of its
// length, at least 1..).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

}  // namespace stint
