#include <catch2/catch.hpp>

#include "common/job/limits.h"
#include "common/text/text.h"

using namespace stint;

namespace {

int64_t duration_ms(std::string_view text) {
  Result<milliseconds> d = parse_duration(text);
  INFO(text);
  INFO((d ? "" : d.error().message));
  REQUIRE(d.ok());
  return d->count();
}

std::string duration_error(std::string_view text) {
  Result<milliseconds> d = parse_duration(text);
  INFO(text);
  REQUIRE_FALSE(d.ok());
  CHECK(d.error().code == ErrorCode::kInvalid);
  return d.error().message;
}

}  // namespace

TEST_CASE("duration: every way in which people write one") {
  CHECK(duration_ms("250ms") == 250);
  CHECK(duration_ms("10s") == 10'000);
  CHECK(duration_ms("1h30m") == 5'400'000);
  CHECK(duration_ms("2d") == 172'800'000);
  CHECK(duration_ms("1w") == 604'800'000);
  CHECK(duration_ms("3 minutes 5 seconds") == 185'000);
  CHECK(duration_ms("1 minute 1 second 1 millisecond") == 61'001);
  CHECK(duration_ms(" 1 h  30 min ") == 5'400'000);
  CHECK(duration_ms("1.5s") == 1'500);
  CHECK(duration_ms("0.25h") == 900'000);
  CHECK(duration_ms("0") == 0);
  CHECK(duration_ms("0s") == 0);
  CHECK(duration_ms("0 hours") == 0);
  CHECK(duration_ms("0010s") == 10'000);
  CHECK(duration_ms("3650d") == kMaxDuration.count());
}

TEST_CASE("duration: a bare number is refused, with a way out") {
  CHECK(duration_error("10") == "duration '10' has no unit: write for example 10s, 250ms or 1h30m");
  CHECK(duration_error("1h30").find("has no unit") != std::string::npos);
  CHECK(duration_error("1h0").find("has no unit") != std::string::npos);
}

TEST_CASE("duration: what is none is refused") {
  for (const char* bad :
       {"",          " ",           "s",     "-1s",  "+1s", "1x",   "1S",   "1 M",
        "1e3s",      "0x10s",       "1..5s", ".5s",  "5.s", "1s1s", "1m1h", "1s,2ms",
        "1h and 2m", "ten seconds", "1s\n",  "1\ts", "１s", "1µs",  "inf",  "-0"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad).ok());
  }
  CHECK(duration_error("5 parsecs").find("unknown unit 'parsecs'") != std::string::npos);
  CHECK(duration_error("0.1ms").find("finer than a millisecond") != std::string::npos);
  CHECK(duration_error("1m1h").find("from long to short") != std::string::npos);
  CHECK(duration_error("1\n").find('\n') == std::string::npos);
}

TEST_CASE("duration: nothing beyond ten years, and nothing wraps") {
  CHECK(duration_error("3651d").find("at most 10 years") != std::string::npos);
  CHECK(duration_error("3650d1ms").find("at most 10 years") != std::string::npos);
  CHECK(duration_error("999999999999999999w").find("at most 10 years") != std::string::npos);
  CHECK(duration_error("9223372036854775807ms").find("is not a duration") != std::string::npos);
  CHECK(duration_error(std::string(100'000, '9') + "s").size() < 300);
}

TEST_CASE("duration: what is formatted reads back") {
  CHECK(format_duration(milliseconds(5'400'000)) == "1h30m");
  CHECK(format_duration(milliseconds(250)) == "250ms");
  CHECK(format_duration(milliseconds(0)) == "0s");
  CHECK(format_duration(milliseconds(90'061'001)) == "1d1h1m1s1ms");
  CHECK(format_duration(milliseconds(-1'500)) == "-1s500ms");
  CHECK(format_duration(milliseconds::min()).starts_with("-"));
  for (int64_t ms = 0; ms < kMaxDuration.count(); ms = ms * 3 + 7) {
    CHECK(duration_ms(format_duration(milliseconds(ms))) == ms);
  }
}
