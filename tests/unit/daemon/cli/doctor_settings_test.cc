#include "daemon/cli/doctor_settings.h"

#include <catch2/catch.hpp>

using namespace stint;
using namespace stint::cli;

namespace {

std::string info(const std::string& version, const std::string& policy, const std::string& aof,
                 const std::string& memory) {
  return "# Server\r\nredis_version:" + version + "\r\nredis_mode:standalone\r\n\r\n# Memory\r\n" +
         memory + "maxmemory_policy:" + policy + "\r\naof_enabled:" + aof +
         "\r\naof_last_write_status:ok\r\n";
}

// "check" of what breaks a promise, "(check)" of a warning.
std::string checks(const std::string& text, const std::optional<std::string>& format = "1") {
  std::string names;
  for (const auto& one : judge_settings(text, "stint:meta", format, true)) {
    names += (names.empty() ? "" : " ") +
             (one.warning ? "(" + one.finding.check + ")" : one.finding.check);
  }
  return names;
}

const std::string kHalf = "used_memory:500\r\nused_memory_peak:999\r\nmaxmemory:1000\r\n";

}  // namespace

TEST_CASE("doctor settings: a Redis that keeps the promise has no finding") {
  CHECK(checks(info("7.0.15", "noeviction", "1", kHalf)).empty());
  CHECK(checks(info("10.2.0", "noeviction", "1", "used_memory:500\r\nmaxmemory:0\r\n")).empty());
  CHECK(checks("").empty());
}

TEST_CASE("doctor settings: what loses jobs is wrong, what may lose them is a warning") {
  CHECK(checks(info("6.2.7", "noeviction", "1", kHalf)) == "redis-version");
  CHECK(checks(info("7.0.15", "allkeys-lru", "1", kHalf)) == "maxmemory-policy");
  CHECK(checks(info("7.0.15", "noeviction", "0", kHalf)) == "(append-only)");
  CHECK(checks("aof_enabled:1\r\naof_last_write_status:err\r\n") == "append-only");
}

TEST_CASE("doctor settings: a release with known security holes is a warning") {
  CHECK(checks(info("7.0.14", "noeviction", "1", kHalf)) == "(redis-holes)");
  CHECK(checks(info("7.2.10", "noeviction", "1", kHalf)) == "(redis-holes)");
  CHECK(checks(info("7.2.11", "noeviction", "1", kHalf)).empty());
  CHECK(checks(info("8.2.1", "noeviction", "1", kHalf)) == "(redis-holes)");
  CHECK(checks(info("9.0.0", "noeviction", "1", kHalf)).empty());
  CHECK(checks(info("7", "noeviction", "1", kHalf)) == "(redis-holes)");
}

TEST_CASE("doctor settings: memory above 80 % is a warning, a Redis that takes no jobs is wrong") {
  CHECK(checks("used_memory:800\r\nmaxmemory:1000\r\n").empty());
  CHECK(checks("used_memory:801\r\nmaxmemory:1000\r\n") == "(memory)");
  CHECK(checks("used_memory:989\r\nmaxmemory:1000\r\n") == "(memory)");
  CHECK(checks("used_memory:990\r\nmaxmemory:1000\r\n") == "memory");
}

TEST_CASE("doctor settings: the format must be ours, and must be there where a queue is") {
  CHECK(checks("", "2") == "format");
  CHECK(checks("", std::nullopt) == "(format)");
  CHECK(judge_settings("", "stint:meta", std::nullopt, false).empty());
}
