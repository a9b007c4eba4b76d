// What a log line looks like: for people with time and level, for journald with a <N> priority in
// front. Values are escaped, so that no value can start a line of its own. Pure; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/log/log.h"

namespace stint::log {

// `text key=value key="with space"`, without a newline.
std::string format_body(std::string_view text, std::initializer_list<Field> fields);

// `2026-11-20T18:51:43.123Z info  stintd: BODY\n`
std::string format_for_people(int64_t wall_ms, Level level, std::string_view program,
                              std::string_view body);
// `<6>BODY\n`
std::string format_for_journal(Level level, std::string_view body);

// True if JOURNAL_STREAM (may be null) names the device and inode of fd: what systemd(1) asks
// programs to check, since the variable is inherited by programs whose standard error is another
// file.
bool is_journal(int fd, const char* journal_stream);

}  // namespace stint::log
