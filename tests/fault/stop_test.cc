#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/best_of.h"
#include "tests/support/redis_server.h"
#include "tests/support/scaled.h"

using namespace stint;
using namespace stint::test;

namespace {

DaemonOptions on(const RedisServer& redis, const std::string& shutdown_timeout) {
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.workers = "shutdown_timeout = \"" + shutdown_timeout + "\"";
  return options;
}

}  // namespace

TEST_CASE("stop: a job that ends within the limit is finished, exit 0") {
  RedisServer redis;
  Daemon daemon(on(redis, "20s"));
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":1500)"));
  REQUIRE(until_started(daemon / "started"));
  daemon.stop();
  CHECK(json_at(outcome(daemon, "slow"), "/state") == "done");
  daemon.expect_clean_log({"append-only"});
}

TEST_CASE("stop: a task that does not end within the limit is handed back uncounted") {
  const milliseconds limit{5'000};  // the grace, which it has not
  RedisServer redis;
  Daemon daemon(on(redis, "500ms"));
  push(daemon, "long", "hang", announced(daemon / "started"));
  int times = 0;
  auto stopped = [&] {
    if (++times > 1) {
      daemon.start();
    }
    REQUIRE(until_started(daemon / "started", times));
    return time_of([&] { daemon.stop(); });
  };
  CHECK(best_of(3, limit, stopped) < limit);
  CHECK(redis.command({"LRANGE", key("pending"), "0", "-1"}) == "long");
  CHECK(redis.command({"HLEN", key("active")}) == "0");
  std::string record = redis.command({"HGET", key("jobs"), "long"});
  CHECK(record.find("attempts=") == std::string::npos);
  CHECK(record.find("losses=") == std::string::npos);  // of which a job bears ten
}

TEST_CASE("stop: a second signal hands back at once") {
  RedisServer redis;
  Daemon daemon(on(redis, "1h"));
  push(daemon, "long", "hang", announced(daemon / "started"));
  REQUIRE(until_started(daemon / "started"));
  daemon.signal(SIGTERM);
  REQUIRE(eventually(kSoon, [&] { return daemon.log().find("stopping") != std::string::npos; }));
  MonoTime before = now_mono();
  daemon.signal(SIGINT);
  CHECK(daemon.wait(kSoon) == 0);
  CHECK(now_mono() - before < slowed(milliseconds{5'000}));
  CHECK(redis.command({"LRANGE", key("pending"), "0", "-1"}) == "long");
}

TEST_CASE("stop: idle workers do not wait for a Redis that has stopped answering") {
  RedisServer redis;
  DaemonOptions options = on(redis, "0s");  // no limit of its own
  options.processes = 2;
  Daemon daemon(options);
  redis.signal(SIGSTOP);
  daemon.signal(SIGTERM);
  CHECK(daemon.wait(kSoon) == 0);
  redis.signal(SIGCONT);
}

TEST_CASE("stop: while Redis is away stintd still ends") {
  RedisServer redis;
  Daemon daemon(on(redis, "500ms"));
  push(daemon, "long", "hang", announced(daemon / "started"));
  REQUIRE(until_started(daemon / "started"));
  redis.kill9();
  daemon.signal(SIGTERM);
  CHECK(daemon.wait(kSoon) == 0);
}
