// A Redis of one's own is killed and comes back with its data, or without them.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

bool has_ended(const RedisServer& redis, int count) {
  try {
    return redis.command({"ZCARD", key("done")}) == std::to_string(count);
  } catch (const std::exception&) {
    return false;  // not up yet
  }
}

// Jobs that were acknowledged and are on the disk before the first kill.
void survives_kills(const std::string& fsync) {
  RedisOptions durable;
  durable.extra = {"--appendonly", "yes", "--appendfsync", fsync};
  RedisServer redis(durable);
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 2;
  options.toml = short_leases();
  Daemon daemon(options);
  constexpr int kJobs = 100;
  for (int i = 0; i < kJobs; ++i) {
    push(daemon, "j" + std::to_string(i), "counter",
         R"({"path":")" + (daemon / ("n" + std::to_string(i))) + R"(","ms":20})",
         R"("retries":5,"backoff":"none")");
  }
  REQUIRE(eventually(kLong, [&] { return redis.command({"LLEN", key("inbox")}) == "0"; }));
  for (int kills = 0; kills < 3; ++kills) {
    REQUIRE(eventually(kLong, [&] {
      return redis.command({"INFO", "persistence"}).find("aof_pending_bio_fsync:0") !=
             std::string::npos;
    }));
    redis.kill9();
    redis.restart();
    push(daemon, "k" + std::to_string(kills), "info", "null", R"("retries":5,"backoff":"none")");
    REQUIRE(
        eventually(kLong, [&] { return !outcome(daemon, "k" + std::to_string(kills)).empty(); }));
  }
  CHECK(eventually(kLong, [&] { return has_ended(redis, kJobs + 3); }));
  CHECK(redis.command({"HLEN", key("active")}) == "0");
  CHECK(count_of(daemon.log(), "Redis holds other data") == 0);
  daemon.expect_healthy();
  daemon.stop();
}

}  // namespace

TEST_CASE("Redis killed with appendfsync everysec: no job that was acknowledged is lost") {
  survives_kills("everysec");
}

TEST_CASE("Redis killed with appendfsync always: no job that was acknowledged is lost") {
  survives_kills("always");
}

TEST_CASE("Redis restarted empty: said once, old results are refused, tokens still grow") {
  RedisServer redis;  // without an append-only file
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.toml = short_leases("5s");
  Daemon daemon(options);
  push(daemon, "before", "info");
  REQUIRE(ended_as(daemon, "before") == "done");
  auto token = std::stoull(json_at(outcome(daemon, "before"), "/result/token"));
  push(daemon, "running", "wait", announced(daemon / "started", R"("on_stop":"succeed")"));
  REQUIRE(until_started(daemon / "started"));

  redis.kill9();
  redis.restart();
  REQUIRE(redis.command({"HGET", key("jobs"), "running"}).empty());
  CHECK(until_logged(daemon, "Redis holds other data than before"));
  CHECK(until_logged(daemon, "its outcome is dropped"));  // told that it is lost, it ended
  push(daemon, "after", "info");
  REQUIRE(ended_as(daemon, "after") == "done");
  CHECK(std::stoull(json_at(outcome(daemon, "after"), "/result/token")) > token);
  CHECK(outcome(daemon, "running").empty());
  CHECK(redis.command({"HGET", key("stats"), "succeeded"}) == "1");
  CHECK(count_of(daemon.log(), "Redis holds other data than before") == 1);
  daemon.expect_healthy();
  daemon.stop();
}
