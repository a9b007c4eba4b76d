#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/best_of.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("supervisor stopped and continued: it kills nobody and the job goes on") {
  DaemonOptions options;
  options.toml =
      "[tasks.witness]\nlease = \"5s\"\n";  // then a loop that stands still for 3 s is stuck
  Daemon daemon(options);
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":9000)"),
       R"("timeout":"60s")");
  REQUIRE(until_started(daemon / "started"));
  auto workers = daemon.worker_pids();
  daemon.signal(SIGSTOP);
  MonoTime stopped = now_mono();
  REQUIRE(eventually(kSoon, [&] { return now_mono() - stopped > milliseconds{6'500}; }));
  daemon.signal(SIGCONT);
  CHECK(ended_as(daemon, "slow") == "done");
  CHECK(json_at(outcome(daemon, "slow"), "/attempt") == "1");
  CHECK(daemon.worker_pids() == workers);
  daemon.stop();
  daemon.expect_clean_log({"no renewal was answered in time"});  // on a busy machine; not heeded
}

TEST_CASE("worker stopped: it is killed before its lease runs out, and its attempt is lost") {
  constexpr milliseconds kLease{5'000};
  Daemon daemon;
  int number = 0;
  auto round = [&] {
    std::string id = "frozen" + std::to_string(++number);
    std::string started = daemon / (id + ".started");
    push(daemon, id, "hang_once", announced(started, R"("path":")" + (daemon / id) + "\""),
         R"("lease":"5s","retries":1,"backoff":"none")");
    REQUIRE(until_started(started));
    auto workers = daemon.worker_pids();
    REQUIRE(workers.size() == 1);
    REQUIRE(until_renewed(daemon, id));
    MonoTime stopped = now_mono();
    kill(workers[0], SIGSTOP);
    REQUIRE(eventually(kLong, [&] { return !alive(workers[0]); }));
    milliseconds took = now_mono() - stopped;
    CHECK(ended_as(daemon, id) == "done");
    CHECK(json_at(outcome(daemon, id), "/errors/0/kind") == "lost");
    CHECK(daemon.worker_pids() != workers);
    return took;
  };
  CHECK(best_of(3, kLease, round) < kLease);
  CHECK(count_of(daemon.log(), "settled attempts whose worker is gone") == 0);  // by a sweep
  daemon.stop();
}

TEST_CASE("pause and continue by signal: no job is taken in between") {
  Daemon daemon;
  daemon.signal(SIGTSTP);
  REQUIRE(until_logged(daemon, "paused by signal"));
  REQUIRE(eventually(kSoon, [&] {  // the worker has been told
    return json_at(daemon.stint({"worker", "list", "--json"}).out, "/state") == "paused";
  }));
  push(daemon, "later", "fail_times",
       announced(daemon / "started", R"("path":")" + (daemon / "n") + R"(","times":0)"));
  CHECK_FALSE(eventually(milliseconds{2'500}, [&] { return lines_in(daemon / "started") > 0; }));
  daemon.signal(SIGCONT);
  CHECK(ended_as(daemon, "later") == "done");
  daemon.stop();
}
