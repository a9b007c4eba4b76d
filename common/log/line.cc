#include "common/log/line.h"

#include <sys/stat.h>

#include <array>
#include <cstdio>

#include "common/clock.h"
#include "common/job/limits.h"
#include "common/text/text.h"

namespace stint::log {
namespace {

std::string_view journal_priority(Level level) {
  switch (level) {
    case Level::kDebug:
      return "<7>";
    case Level::kInfo:
      return "<6>";
    case Level::kWarning:
      return "<4>";
    case Level::kError:
      return "<3>";
  }
  return "";
}

void append_value(std::string& out, std::string_view value) {
  const std::string shown = escape(value, kMaxLogLine);
  if (!shown.empty() && shown.find_first_of(" \"=") == std::string::npos) {
    out.append(shown);
    return;
  }
  out.push_back('"');
  for (const char c : shown) {
    if (c == '"') {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  out.push_back('"');
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out.append(json_string(key)).append(":").append(json_string(to_utf8(value, kMaxLogLine)));
}

}  // namespace

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "";
}

std::string format_body(std::string_view text, std::span<const Field> fields) {
  std::string body = escape(text, kMaxLogLine);
  for (const Field& field : fields) {
    body.push_back(' ');
    body.append(field.key);
    body.push_back('=');
    append_value(body, field.value);
  }
  return body;
}

std::string format_members(std::string_view text, std::span<const Field> fields) {
  std::string members;
  append_member(members, "text", text);
  for (const Field& field : fields) {
    members.push_back(',');
    if (field.is_number) {
      members.append(json_string(field.key)).append(":").append(field.value);
    } else {
      append_member(members, field.key, field.value);
    }
  }
  return members;
}

std::string format_object(int64_t wall_ms, Level level, std::string_view program,
                          std::string_view members) {
  std::string object(kObjectStart);
  object.append(rfc3339(wall_ms)).append(R"(","level":")").append(level_name(level));
  object.append(R"(","program":)").append(json_string(program));
  return object.append(",").append(members).append("}");
}

std::string format_for_people(int64_t wall_ms, Level level, std::string_view program,
                              std::string_view body) {
  std::string line = rfc3339(wall_ms);
  line.push_back(' ');
  line.append(level_name(level))
      .append(level == Level::kInfo ? "  " : " ")
      .append(program)
      .append(": ")
      .append(body)
      .push_back('\n');
  return line;
}

std::string format_for_journal(Level level, std::string_view body) {
  std::string line(journal_priority(level));
  line.append(body).push_back('\n');
  return line;
}

bool is_journal(int fd, const char* journal_stream) {
  struct stat file {};
  if (journal_stream == nullptr || ::fstat(fd, &file) != 0) {
    return false;
  }
  return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino) == journal_stream;
}

}  // namespace stint::log
