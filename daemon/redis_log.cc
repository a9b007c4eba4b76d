#include "daemon/redis_log.h"

#include <algorithm>
#include <array>

#include "common/text/text.h"

namespace stint {

namespace {

constexpr size_t kLongestLine = 2048;
constexpr size_t kLastWords = 3;

// "PID:ROLE DD Mon YYYY HH:MM:SS.mmm MARK text"; the mark is one of . - * #. npos: not such a line.
size_t mark_position(std::string_view line) {
  size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 ||
      line.find_first_not_of("0123456789") != colon) {
    return std::string_view::npos;
  }
  size_t at = colon;
  for (int spaces = 0; spaces < 5; ++spaces) {
    at = line.find(' ', at + 1);
    if (at == std::string_view::npos) {
      return at;
    }
  }
  bool is_mark = at + 2 < line.size() && line[at + 2] == ' ' &&
                 std::string_view(".-*#").find(line[at + 1]) != std::string_view::npos;
  return is_mark ? at + 1 : std::string_view::npos;
}

// Redis 7.0 marks these as warnings, at every start and stop of a healthy server.
bool is_routine(std::string_view text) {
  constexpr std::array<std::string_view, 13> kRoutine = {
      "Reading config from stdin",
      "oO0OoO0OoO0Oo",
      "Redis version=",
      "Configuration loaded",
      "Server initialized",
      "User requested shutdown",
      "Redis is now ready to exit",
      "WARNING Memory overcommit",
      "WARNING: Memory overcommit",
      "WARNING you have Transparent Huge Pages",
      "You requested maxclients",
      "Server can't set maximum open files",
      "Current maximum open files",
  };
  return std::any_of(kRoutine.begin(), kRoutine.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

std::string_view redis_line_text(std::string_view line) {
  size_t mark = mark_position(line);
  return mark == std::string_view::npos ? line : line.substr(mark + 2);
}

log::Level redis_line_level(std::string_view line) {
  size_t mark = mark_position(line);
  std::string_view text = redis_line_text(line);
  if (mark == std::string_view::npos) {
    // Not from its logger: the loader of its configuration, a signal handler, a crash report.
    bool quiet = text.find_first_not_of(" \t") == std::string_view::npos || is_routine(text) ||
                 text.find("Received SIGTERM") != std::string_view::npos;
    return quiet ? log::Level::kDebug : log::Level::kWarning;
  }
  bool alarming = line[mark] == '#' && !is_routine(text);
  return alarming ? log::Level::kWarning : log::Level::kDebug;
}

void RedisLog::feed(std::string_view bytes) {
  rest_ += bytes;
  size_t start = 0;
  for (size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
    take(std::string_view(rest_).substr(start, end - start));
    start = end + 1;
  }
  rest_.erase(0, start);
  if (rest_.size() > kLongestLine) {
    take(rest_);
    rest_.clear();
  }
}

void RedisLog::take(std::string_view line) {
  std::string_view text = redis_line_text(line);
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) {
    return;
  }
  std::string safe = escape(text, kLongestLine);
  log::event(redis_line_level(line), "redis-server says", {{"line", safe}});
  last_.push_back(std::move(safe));
  if (last_.size() > kLastWords) {
    last_.pop_front();
  }
}

std::string RedisLog::last_words() const {
  std::string out;
  for (const auto& line : last_) {
    out += (out.empty() ? "" : "; ") + line;
  }
  return out;
}

}  // namespace stint
