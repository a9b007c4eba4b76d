#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

TEST_CASE(
    "worker killed: the job that ran fails as a crash with the signal, and the worker is replaced, "
    "long before its lease is over") {
  Daemon daemon;
  push(daemon, "hung", "hang", announced(daemon / "started"));
  REQUIRE(until_started(daemon / "started"));
  auto workers = daemon.worker_pids();
  REQUIRE(workers.size() == 1);
  REQUIRE(kill(workers[0], SIGKILL) == 0);
  CHECK(ended_as(daemon, "hung", milliseconds{15'000}) == "failed");
  CHECK(json_at(outcome(daemon, "hung"), "/errors/0/kind") == "crash");
  CHECK(json_at(outcome(daemon, "hung"), "/errors/0/signal") == "SIGKILL");
  push(daemon, "next", "fail_times", R"({"path":")" + (daemon / "n") + R"(","times":0})");
  CHECK(ended_as(daemon, "next") == "done");
  CHECK(daemon.worker_pids() != workers);
  daemon.stop();
  daemon.expect_clean_log({"attempt ended with its worker", "worker ended"});
}

TEST_CASE("worker killed: its job is settled before its replacement is started") {
  RedisServer redis;
  TempDir dir;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.env = {{"LD_PRELOAD", build_dir() + "/preload/no_fork.so"},
                 {"HELD_FORK", dir / "held"},
                 preloading_under_asan()};
  Daemon daemon(options);
  push(daemon, "before", "info");
  REQUIRE(ended_as(daemon, "before") == "done");  // a worker that did its work is replaced at once
  push(daemon, "hung", "hang", announced(daemon / "started"));
  REQUIRE(until_started(daemon / "started"));
  write_file(dir / "held", "");
  REQUIRE(kill(daemon.worker_pids().at(0), SIGKILL) == 0);
  CHECK(ended_as(daemon, "hung") == "failed");
  std::filesystem::remove(dir / "held");
  push(daemon, "after", "info");
  CHECK(ended_as(daemon, "after") == "done");
  daemon.stop();
}

TEST_CASE("worker crashes: the error holds the signal and a backtrace, the retry succeeds") {
  Daemon daemon;
  push(daemon, "crashing", "crash",
       R"({"how":"segv","path":")" + (daemon / "n") + R"(","times":1})",
       R"("retries":1,"backoff":"none")");
  CHECK(ended_as(daemon, "crashing") == "done");
  CHECK(json_at(outcome(daemon, "crashing"), "/attempt") == "2");
  CHECK(json_at(outcome(daemon, "crashing"), "/errors/0/signal") == "SIGSEGV");
  std::string message = json_at(outcome(daemon, "crashing"), "/errors/0/message");
  CHECK(message.find("killed by SIGSEGV (signal 11)") == 0);
  CHECK(message.find("faulty.so") != std::string::npos);
  daemon.stop();
}

TEST_CASE("worker crashes: a job that always kills its worker ends at its crash limit") {
  Daemon daemon;
  push(daemon, "poison", "crash", R"({"how":"abort"})",
       R"("retries":100,"crash_limit":3,"backoff":"none")");
  CHECK(ended_as(daemon, "poison") == "failed");
  CHECK(json_at(outcome(daemon, "poison"), "/attempt") == "3");
  CHECK(daemon.redis({"HGET", key("stats"), "crashed"}) == "3");
  daemon.stop();
}

TEST_CASE("worker crashes: a task that calls exit has crashed") {
  Daemon daemon;
  push(daemon, "leaving", "crash", R"({"how":"_exit"})");
  CHECK(ended_as(daemon, "leaving") == "failed");
  CHECK(json_at(outcome(daemon, "leaving"), "/errors/0/message").find("exited with code 4") == 0);
  daemon.stop();
}

TEST_CASE("worker killed: what its tasks left in its process group ends with it") {
  Daemon daemon;
  push(daemon, "parent", "fork_child", R"({"path":")" + (daemon / "child") + R"(","wait":true})");
  REQUIRE(until_started(daemon / "child"));
  pid_t child = std::stoi(read_file(daemon / "child"));
  REQUIRE(kill(daemon.worker_pids().at(0), SIGKILL) == 0);
  CHECK(eventually(kSoon, [&] { return !alive(child); }));
  daemon.stop();
}

TEST_CASE("worker killed in the middle of many jobs: none is lost, none runs twice at once") {
  DaemonOptions options;
  options.processes = 2;
  Daemon daemon(options);
  constexpr int kJobs = 300;
  for (int i = 0; i < kJobs; ++i) {
    push(daemon, "j" + std::to_string(i), "counter",
         R"({"path":")" + (daemon / ("n" + std::to_string(i % 10))) + R"(","ms":2})",
         R"("resource":"r)" + std::to_string(i % 10) +
             R"(","retries":20,"crash_limit":20,"backoff":"none")");
  }
  for (int round = 0; round < 5; ++round) {
    auto done = [&] { return std::stoi("0" + daemon.redis({"HLEN", key("outcomes")})); };
    REQUIRE(eventually(kSoon, [&] { return done() >= round * kJobs / 8; }));
    auto workers = daemon.worker_pids();
    if (!workers.empty()) {
      kill(workers[static_cast<size_t>(round) % workers.size()], SIGKILL);
    }
  }
  REQUIRE(eventually(kLong, [&] {
    return daemon.redis({"ZCARD", key("done")}) == std::to_string(kJobs);
  }));
  CHECK(daemon.redis({"ZCARD", key("failed")}) == "0");
  CHECK(daemon.redis({"HLEN", key("active")}) == "0");
  CHECK(daemon.redis({"HLEN", key("locks")}) == "0");
  daemon.stop();
}
