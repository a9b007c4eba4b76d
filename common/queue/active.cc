#include <charconv>

#include "common/job/limits.h"
#include "common/queue/upkeep.h"

namespace stint {
namespace {

std::string_view take_word(std::string_view& rest) {
  size_t end = rest.find(' ');
  std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

template <typename Number>
bool to_number(std::string_view text, Number& out) {
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<ActiveEntry> parse_active(std::string_view value) {
  const Error malformed{ErrorCode::kInvalid, "corrupt value in active"};
  constexpr int kWordsAfterLease = 3;  // retries crash_limit backoff
  std::string_view rest = value;
  ActiveEntry entry;
  if (!to_number(take_word(rest), entry.token)) {
    return malformed;
  }
  entry.worker = take_word(rest);
  std::string_view started = take_word(rest);
  // A token is the time of its claim in us, unless it had to run ahead of the clock.
  entry.claimed_ms = static_cast<int64_t>(entry.token / 1000);
  if (size_t at = started.find('@'); at != std::string_view::npos) {
    if (!to_number(started.substr(at + 1), entry.claimed_ms) || entry.claimed_ms < 0) {
      return malformed;
    }
    started = started.substr(0, at);
  }
  int64_t lease = 0;
  if (entry.worker.empty() || (started != "0" && started != "1") ||
      !to_number(take_word(rest), lease) || lease < 0 || lease > kMaxDuration.count()) {
    return malformed;
  }
  entry.started = started == "1";
  entry.lease = milliseconds(lease);
  for (int i = 0; i < kWordsAfterLease; ++i) {
    if (take_word(rest).empty()) {
      return malformed;
    }
  }
  entry.resource = rest;  // to the end: it may hold spaces
  return entry;
}

}  // namespace stint
