#include "daemon/redis_log.h"

#include <catch2/catch.hpp>

using namespace stint;

TEST_CASE("redis log: its warnings are warnings, its chatter and its routine are not") {
  auto level = [](const std::string& rest) {
    return redis_line_level("123:M 20 Nov 2026 18:51:43.123 " + rest);
  };
  CHECK(level("# Can't save in background: fork: Cannot allocate memory") == log::Level::kWarning);
  CHECK(level("* Ready to accept connections") == log::Level::kDebug);
  CHECK(level("# Server initialized") == log::Level::kDebug);
  CHECK(level("# User requested shutdown...") == log::Level::kDebug);
  CHECK(redis_line_level("123:C 20 Nov 2026 18:51:43.123 # oO0OoO0OoO0Oo Redis is starting") ==
        log::Level::kDebug);
  CHECK(redis_line_level("*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***") == log::Level::kWarning);
  CHECK(redis_line_level("") == log::Level::kDebug);
  CHECK(redis_line_level("Reading config from stdin") == log::Level::kDebug);
  CHECK(redis_line_level(
            "5521:signal-handler (1795205308) Received SIGTERM scheduling shutdown...") ==
        log::Level::kDebug);
}

TEST_CASE("redis log: the text comes without pid and time") {
  CHECK(redis_line_text("123:M 20 Nov 2026 18:51:43.123 # Out of memory") == "Out of memory");
  CHECK(redis_line_text(">>> 'bind x'") == ">>> 'bind x'");
}

TEST_CASE("redis log: last words are the last lines, whole and printable") {
  RedisLog log;
  log.feed("1:M 20 Nov 2026 18:51:43.123 * one\n1:M 20 Nov 2026 18:51:43.123 * two\n\n");
  log.feed("1:M 20 Nov 2026 18:51:43.123 * th\x1bree\n1:M 20 Nov 2026 18:51:43.1");
  log.feed("23 # four\nfi");
  CHECK(log.last_words() == "two; th\\x1bree; four");
}
