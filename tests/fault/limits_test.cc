// What is counted and what is not, when workers die or are replaced.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("limits: what a dead worker had not started is never charged") {
  Daemon daemon;
  daemon.redis({"SET", key("paused"), "1"});
  for (int i = 0; i < 3; ++i) {
    push(daemon, "poison" + std::to_string(i), "crash", R"({"how":"abort"})");
    for (int k = 0; k < 20; ++k) {
      push(daemon, "waits" + std::to_string(20 * i + k), "info");
    }
  }
  REQUIRE(eventually(kLong, [&] { return daemon.redis({"LLEN", key("pending")}) == "63"; }));
  REQUIRE(daemon.stint({"queue", "resume", "default"}).code == 0);
  for (int i = 0; i < 3; ++i) {
    CHECK(ended_as(daemon, "poison" + std::to_string(i), kLong) == "failed");
  }
  for (int i = 0; i < 60; ++i) {
    std::string id = "waits" + std::to_string(i);
    CHECK(ended_as(daemon, id, kLong) == "done");
    CHECK(json_at(outcome(daemon, id), "/attempt") == "1");
  }
  CHECK(daemon.stat("attempts") == 63);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("limits: workers that are replaced for max_jobs or max_rss lose nothing") {
  DaemonOptions options;
  options.processes = 2;
  options.workers = "max_jobs = 50\nmax_rss = \"200MiB\"\n";
  Daemon daemon(options);
  auto first = daemon.worker_pids();
  constexpr int kJobs = 1'000;
  for (int i = 0; i < kJobs; ++i) {
    bool grows = i % 250 == 100;
    push(daemon, "j" + std::to_string(i), grows ? "grow" : "info", grows ? R"({"mib":300})" : "{}");
  }
  CHECK(eventually(kLong, [&] { return daemon.stat("succeeded") == kJobs; }));
  CHECK(daemon.stat("attempts") == kJobs);
  CHECK(daemon.stat("failed") == 0);
  REQUIRE(until_workers(daemon, 2));
  auto now = daemon.worker_pids();
  CHECK(std::none_of(now.begin(), now.end(), [&](pid_t pid) {
    return std::find(first.begin(), first.end(), pid) != first.end();
  }));
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log();
}
