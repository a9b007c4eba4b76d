// A network lies between us and Redis: it is far away, or it forgets our connections.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"
#include "tests/support/slow_proxy.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("far away: with round trips of 200 ms everything works, a batch costs what a job costs") {
  RedisServer redis;
  SlowProxy proxy(redis.socket(), milliseconds{100});
  DaemonOptions options;
  options.redis_url = proxy.url_text();
  options.processes = 2;
  Daemon daemon(options);
  // One at a time each would cost two round trips: 200 s for two workers.
  constexpr int kJobs = 1000;
  std::vector<std::string> words = {"LPUSH", key("inbox")};
  for (int i = 0; i < kJobs; ++i) {
    words.push_back(R"({"task":"params_echo","params":1})");
  }
  redis.command(words);
  CHECK(eventually(kLong, [&] {
    return redis.command({"HGET", key("stats"), "succeeded"}) == std::to_string(kJobs);
  }));
  auto id = daemon.submit({"info"});
  CHECK(daemon.until_state(id, "done"));
  CHECK(daemon.stint({"submit", "info", "--wait"}).code == 0);
  CHECK(daemon.stint({"stats"}).code == 0);
  daemon.stop();
  daemon.expect_clean_log({"append-only"});
}

TEST_CASE(
    "half open: connections that went silent are given up, new ones take over, no job is lost") {
  RedisServer redis;
  SlowProxy proxy(redis.socket());
  DaemonOptions options;
  options.redis_url = proxy.url_text();
  options.toml = "[tasks.witness]\nlease = \"60s\"\n";
  Daemon daemon(options);
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":2000)"));
  REQUIRE(until_started(daemon / "started"));
  proxy.silence_open();
  redis.command({"LPUSH", key("inbox"), R"({"id":"next","task":"info"})"});
  CHECK(eventually(kLong, [&] { return redis.command({"ZCARD", key("done")}) == "2"; }));
  CHECK(json_at(redis.command({"HGET", key("outcomes"), "slow"}), "/attempt") == "1");
  CHECK(redis.command({"HGET", key("stats"), "attempts"}) == "2");
  CHECK(count_of(daemon.log(), "stintd: Redis cannot be reached") <= 1);
  daemon.stop();
}
