// What a log line looks like: for people with time and level, for programs as a JSON object, for
// journald with a <N> priority in front. Values are escaped, so that no value can start a line of
// its own. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/log/log.h"

namespace stint::log {

// `text key=value key="with space"`, without a newline.
std::string format_body(std::string_view text, std::span<const Field> fields);
// `"text":"TEXT","key":"value","number":3`
std::string format_members(std::string_view text, std::span<const Field> fields);

// `2026-11-20T18:51:43.123Z info  stintd: BODY\n`
std::string format_for_people(int64_t wall_ms, Level level, std::string_view program,
                              std::string_view body);
// `{"time":"2026-11-20T18:51:43.123Z","level":"info","program":"stintd",MEMBERS}`
std::string format_object(int64_t wall_ms, Level level, std::string_view program,
                          std::string_view members);
// `<6>BODY\n`
std::string format_for_journal(Level level, std::string_view body);

std::string_view level_name(Level level);
inline constexpr std::string_view kObjectStart = R"({"time":")";

// True if JOURNAL_STREAM (may be null) names the device and inode of fd: what systemd(1) asks
// programs to check, since the variable is inherited by programs whose standard error is another
// file.
bool is_journal(int fd, const char* journal_stream);

}  // namespace stint::log
