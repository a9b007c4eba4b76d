// Processes that are stopped for a while and go on: nobody dies of it, nothing is lost.
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"

using namespace stint;
using test::Daemon;
using test::DaemonOptions;
using test::kLong;

TEST_CASE("frozen: a Redis that freezes for a while loses nothing") {
  test::RedisOptions redis;
  redis.extra = {"--appendonly", "yes", "--appendfsync", "no"};
  test::RedisServer server(redis);
  DaemonOptions options;
  options.processes = 2;
  options.redis_url = server.url_text();
  Daemon daemon(options);
  for (int i = 0; i < 20; ++i) {
    daemon.submit(
        {"counter", "-r", "file", "-p", "{\"ms\":50,\"path\":\"" + (daemon / "n") + "\"}"});
  }
  server.signal(SIGSTOP);
  MonoTime later = now_mono() + milliseconds{3000};
  (void)test::eventually(kLong, [&] { return now_mono() > later; });
  server.signal(SIGCONT);
  REQUIRE(test::eventually(kLong, [&] { return daemon.stat("succeeded") == 20; }));
  CHECK(test::read_file(daemon / "n") == "20\n");
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("frozen: workers that are stopped for less than a lease are nobody's death") {
  DaemonOptions options;
  options.processes = 2;
  Daemon daemon(options);
  auto id = daemon.submit({"wait", "-p", R"({"seconds":10})"});
  REQUIRE(daemon.until_state(id, "active"));
  auto workers = daemon.worker_pids();
  for (pid_t pid : workers) {
    kill(pid, SIGSTOP);
  }
  MonoTime later = now_mono() + milliseconds{2000};
  (void)test::eventually(kLong, [&] { return now_mono() > later; });
  for (pid_t pid : workers) {
    kill(pid, SIGCONT);
  }
  REQUIRE(daemon.until_state(id, "done"));
  CHECK(daemon.job(id, "/attempt") == "1");
  CHECK(daemon.worker_pids() == workers);
  daemon.stop();
  daemon.expect_clean_log();
}
