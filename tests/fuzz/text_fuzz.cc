// What people write: durations, sizes, times, backoffs, Redis URLs, cursors; and text made safe to
// show. Whatever is accepted is in bounds and means the same when it is written again.
#include <array>

#include "common/redis/url.h"
#include "common/text/text.h"
#include "daemon/cli/base64.h"
#include "daemon/cli/job_list.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

template <typename T>
bool good(const Result<T>& result) {
  if (!result) {
    STINT_CHECK(result.error().code == ErrorCode::kInvalid);
    fuzz::check_error(result.error());
  }
  return result.ok();
}

void check_numbers(std::string_view text) {
  if (auto duration = parse_duration(text); good(duration)) {
    STINT_CHECK(duration->count() >= 0 && *duration <= kMaxDuration);
    STINT_CHECK(*parse_duration(format_duration(*duration)) == *duration);
  }
  if (auto size = parse_size(text); good(size)) {
    STINT_CHECK(*size >= 0 && !format_size(*size).empty());
    // Which nobody writes without a unit, in more than 18 digits.
    STINT_CHECK(*size >= 1'000'000'000'000'000'000 || *parse_size(std::to_string(*size)) == *size);
  }
  if (auto backoff = parse_backoff(text); good(backoff)) {
    LimitsSaid said;
    said.backoff = *backoff;
    STINT_CHECK(fuzz::in_bounds(said));
    STINT_CHECK(*parse_backoff(to_string(*backoff)) == *backoff);
  }
}

void check_cursor(std::string_view text) {
  auto bytes = cli::from_base64(text);
  STINT_CHECK(!bytes || cli::to_base64(*bytes) == text);
  STINT_CHECK(cli::from_base64(cli::to_base64(text)) == text);
  for (const std::string& given : {std::string(text), cli::to_base64(text)}) {
    if (auto cursor = cli::parse_cursor(given); good(cursor)) {
      STINT_CHECK(*cli::parse_cursor(cli::cursor_text(*cursor)) == *cursor);
    }
  }
}

void check_time(std::string_view text) {
  auto time = parse_time(text);
  if (!good(time)) {
    return;
  }
  // -1 and 10000: the years that an offset reaches from 0000 and 9999.
  STINT_CHECK(*time >= -62'167'305'600'000 && *time < 253'402'387'200'000);
  if (*time >= 0 && *time < 253'402'300'800'000) {
    STINT_CHECK(*parse_time(rfc3339(*time)) == *time);
  }
}

void check_url(std::string_view text) {
  auto url = redis::parse_url(text);
  if (!good(url)) {
    return;
  }
  STINT_CHECK(url->socket.empty() != url->host.empty());
  STINT_CHECK(url->port >= 1 && url->port <= 65535 && url->db >= 0);
  redis::Url other = *url;
  other.password = "another";
  STINT_CHECK(other.display() == url->display());
  STINT_CHECK(is_utf8(url->display()) && !has_control(url->display()));
  // What display() shows leads to the same place, for a Unix socket or a host without escapes.
  auto again = redis::parse_url(url->display());
  std::string where = url->socket + url->host;
  bool plain = url->user.empty() && where.find_first_of("%?\\") == std::string::npos &&
               is_utf8(where) && !has_control(where);
  STINT_CHECK(!plain || again.ok());
  if (plain) {
    again->password = url->password;
    STINT_CHECK(*again == *url);
  }
}

void check_shown(std::string_view text, size_t limit) {
  std::string safe = escape(text, limit);
  STINT_CHECK(safe.size() <= limit && is_utf8(safe) && !has_control(safe));
  std::string valid = to_utf8(text, limit);
  STINT_CHECK(valid.size() <= limit && is_utf8(valid));
  STINT_CHECK(!is_utf8(text) || text.size() > limit || valid == text);
  STINT_CHECK(!is_utf8(text) || has_control(text) || text.size() > limit || safe == text);
  const std::array<std::string, 3> known = {"resize", "retries", "x"};
  auto near = nearest(text, known);
  STINT_CHECK(!near || !near->empty());
}

}  // namespace
}  // namespace stint

// The first byte is the limit where something is cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stint::fuzz::Input input(data, size);
  size_t limit = input.byte();
  stint::check_numbers(input.rest());
  stint::check_cursor(input.rest());
  stint::check_time(input.rest());
  stint::check_url(input.rest());
  stint::check_shown(input.rest(), limit);
  return 0;
}
