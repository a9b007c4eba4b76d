#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

TEST_CASE(
    "supervisor killed: no worker outlives it, and the job runs to its end under the next one") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 2;
  options.workers = "shutdown_timeout = \"500ms\"";
  Daemon daemon(options);
  push(daemon, "long", "hang_once", R"({"path":")" + (daemon / "n") + R"(","seconds":3600})");
  REQUIRE(eventually(kSoon, [&] { return read_file(daemon / "n") == "1\n"; }));
  auto workers = daemon.worker_pids();
  REQUIRE(workers.size() == 2);
  daemon.kill9();
  for (pid_t worker : workers) {
    CHECK(eventually(kSoon, [&] { return !alive(worker); }));
  }
  CHECK(outcome(daemon, "long").empty());
  daemon.start();
  CHECK(ended_as(daemon, "long") == "done");
  daemon.stop();
}

TEST_CASE(
    "supervisor killed with its embedded Redis: acknowledged jobs are there after the start") {
  Daemon daemon;
  daemon.redis({"SET", key("paused"), "1"});
  for (int i = 0; i < 50; ++i) {
    push(daemon, "j" + std::to_string(i), "fail_times",
         R"({"path":")" + (daemon / ("n" + std::to_string(i))) + R"(","times":0})");
  }
  REQUIRE(eventually(kSoon, [&] { return daemon.redis({"HLEN", key("jobs")}) == "50"; }));
  pid_t server = daemon.redis_pid();
  daemon.kill9();
  CHECK(eventually(kSoon, [&] { return !alive(server); }));
  daemon.start();
  daemon.redis({"DEL", key("paused")});
  CHECK(eventually(kSoon, [&] { return daemon.redis({"ZCARD", key("done")}) == "50"; }));
  daemon.stop();
}
