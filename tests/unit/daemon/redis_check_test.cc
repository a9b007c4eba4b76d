#include "daemon/redis_check.h"

#include <catch2/catch.hpp>

using namespace stint;

namespace {

std::string info(const std::string& version, const std::string& policy, const std::string& aof) {
  return "# Server\r\nredis_version:" + version +
         "\r\nredis_mode:standalone\r\n\r\n# Memory\r\nmaxmemory_policy:" + policy +
         "\r\nused_memory:123\r\n# Persistence\r\naof_enabled:" + aof + "\r\n";
}

}  // namespace

TEST_CASE("redis check: too old or evicting is refused with one clear line") {
  auto old = judge_server(info("6.2.14", "noeviction", "1"));
  REQUIRE_FALSE(old);
  CHECK(old.error().code == ErrorCode::kConfig);
  CHECK(old.error().message == "Redis 6.2.14 is too old: stint needs 7.0 or newer");
  auto evicting = judge_server(info("7.0.15", "allkeys-lru", "1"));
  REQUIRE_FALSE(evicting);
  CHECK(evicting.error().code == ErrorCode::kConfig);
  CHECK(evicting.error().message.find("allkeys-lru") != std::string::npos);
}

TEST_CASE("redis check: no append-only file is a warning, all else is well") {
  auto risky = judge_server(info("7.0.15", "noeviction", "0"));
  REQUIRE(risky);
  CHECK(risky->find("append-only") != std::string::npos);
  auto fine = judge_server(info("10.1.0", "noeviction", "1"));
  REQUIRE(fine);
  CHECK(fine->empty());
}
