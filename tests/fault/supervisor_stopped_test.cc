#include <catch2/catch.hpp>

#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("supervisor stopped and continued: it kills nobody and the job goes on") {
  DaemonOptions options;
  options.toml =
      "[tasks.witness]\nlease = \"5s\"\n";  // then a loop that stands still for 3 s is stuck
  Daemon daemon(options);
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":6000)"),
       R"("timeout":"60s")");
  REQUIRE(until_started(daemon / "started"));
  auto workers = daemon.worker_pids();
  daemon.signal(SIGSTOP);
  MonoTime stopped = now_mono();
  REQUIRE(
      eventually(milliseconds{10'000}, [&] { return now_mono() - stopped > milliseconds{4'500}; }));
  daemon.signal(SIGCONT);
  CHECK(ended_as(daemon, "slow") == "done");
  CHECK(json_at(outcome(daemon, "slow"), "/attempt") == "1");
  CHECK(daemon.worker_pids() == workers);
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("worker stopped: it is killed before its lease runs out, and its attempt is lost") {
  Daemon daemon;
  push(daemon, "frozen", "hang_once",
       announced(daemon / "started", R"("path":")" + (daemon / "n") + "\""),
       R"("lease":"2s","retries":1,"backoff":"none")");
  REQUIRE(until_started(daemon / "started"));
  auto workers = daemon.worker_pids();
  REQUIRE(workers.size() == 1);
  kill(workers[0], SIGSTOP);
  CHECK(ended_as(daemon, "frozen") == "done");
  CHECK(json_at(outcome(daemon, "frozen"), "/errors/0/kind") == "lost");
  CHECK(daemon.worker_pids() != workers);
  daemon.stop();
}

TEST_CASE("pause and continue by signal: no job is taken in between") {
  Daemon daemon;
  daemon.signal(SIGTSTP);
  REQUIRE(eventually(milliseconds{5'000},
                     [&] { return daemon.log().find("paused by signal") != std::string::npos; }));
  push(daemon, "later", "fail_times",
       announced(daemon / "started", R"("path":")" + (daemon / "n") + R"(","times":0)"));
  CHECK_FALSE(eventually(milliseconds{2'500}, [&] { return lines_in(daemon / "started") > 0; }));
  daemon.signal(SIGCONT);
  CHECK(ended_as(daemon, "later") == "done");
  daemon.stop();
}
