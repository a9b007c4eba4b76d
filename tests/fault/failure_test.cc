// What becomes of a job that fails, crashes or hangs.
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/support/daemon.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::Daemon;
using test::DaemonOptions;
using test::kLong;

namespace {

std::string path_param(const Daemon& daemon, const std::string& name,
                       const std::string& more = "") {
  return "{\"path\":\"" + (daemon / name) + "\"" + more + "}";
}

}  // namespace

TEST_CASE("failure: a job that fails goes to failed, back by retry, and then succeeds") {
  Daemon daemon;
  auto id = daemon.submit({"fail_times", "-p", path_param(daemon, "tried", ",\"times\":1")});
  REQUIRE(daemon.until_state(id, "failed"));
  CHECK(daemon.job(id, "/outcome") == "failed");
  CHECK(daemon.job(id, "/errors/0/kind") == "error");
  CHECK(daemon.job(id, "/errors/0/message") == "attempt 1 fails");
  CHECK(daemon.stat("failed") == 1);
  REQUIRE(daemon.stint({"job", "retry", id}).code == 0);
  REQUIRE(daemon.until_state(id, "done"));
  CHECK(daemon.job(id, "/outcome") == "succeeded");
  CHECK(daemon.job(id, "/result/tried") == "2");
  CHECK(daemon.job(id, "/attempt") == "2");
  CHECK(daemon.job(id, "/errors/0/attempt") == "1");
  CHECK(daemon.stat("failed") == 0);
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("failure: deleted failed jobs do not come back") {
  Daemon daemon;
  for (int i = 0; i < 5; ++i) {
    daemon.submit({"fail_times", "-p", path_param(daemon, "tried", ",\"times\":1000")});
  }
  REQUIRE(test::eventually(kLong, [&] { return daemon.stat("failed") == 5; }));
  REQUIRE(daemon.stint({"job", "delete", "--state", "failed", "--yes"}).code == 0);
  CHECK(daemon.stat("known") == 0);
  (void)daemon.stint({"job", "retry", "--all", "--yes"});
  daemon.stop();
  daemon.start();
  auto after = daemon.submit({"info"});
  REQUIRE(daemon.until_state(after, "done"));
  CHECK(daemon.stat("known") == 1);
  CHECK(test::read_file(daemon / "tried") == "5\n");
  daemon.expect_healthy();
}

TEST_CASE("failure: one retry is enough for a job whose first attempt fails") {
  Daemon daemon;
  auto id = daemon.submit({"fail_times", "--retries", "1", "--backoff", "none", "-p",
                           path_param(daemon, "tried", ",\"times\":1")});
  REQUIRE(daemon.until_state(id, "done"));
  CHECK(daemon.job(id, "/attempt") == "2");
  CHECK(daemon.job(id, "/outcome") == "succeeded");
  CHECK(daemon.job(id, "/errors/0/message") == "attempt 1 fails");
  CHECK(daemon.stat("retried") == 1);
}

TEST_CASE("failure: one retry is enough for a job whose first attempt hangs past its timeout") {
  DaemonOptions options;
  options.toml = "[tasks.hang_once]\ngrace = \"200ms\"\n";
  Daemon daemon(options);
  auto id = daemon.submit({"hang_once", "--retries", "1", "--backoff", "none", "--timeout", "3s",
                           "-p", path_param(daemon, "tried")});
  REQUIRE(daemon.until_state(id, "done", kLong));
  CHECK(daemon.job(id, "/attempt") == "2");
  CHECK(daemon.job(id, "/outcome") == "succeeded");
  CHECK(daemon.job(id, "/errors/0/kind") == "timeout");
  daemon.expect_healthy();
}

TEST_CASE(
    "failure: a task that kills its process is reported with the signal, the worker replaced") {
  Daemon daemon;
  struct Way {
    const char* how;
    const char* signal;
  };
  for (Way way : {Way{"segv", "SIGSEGV"}, Way{"kill", "SIGKILL"}, Way{"abort", "SIGABRT"},
                  Way{"stack", "SIGSEGV"}, Way{"_exit", "null"}, Way{"exit", "null"}}) {
    INFO(way.how);
    auto workers = daemon.worker_pids();
    REQUIRE(workers.size() == 1);
    auto id = daemon.submit({"crash", "-p", std::string("{\"how\":\"") + way.how + "\"}"});
    REQUIRE(daemon.until_state(id, "failed"));
    CHECK(daemon.job(id, "/errors/0/kind") == "crash");
    CHECK(daemon.job(id, "/errors/0/signal") == way.signal);
    REQUIRE(test::eventually(kLong, [&] {
      auto now = daemon.worker_pids();
      return now.size() == 1 && now != workers;
    }));
  }
  auto after = daemon.submit({"info"});
  REQUIRE(daemon.until_state(after, "done"));
  CHECK(daemon.stat("crashed") == 6);
  daemon.expect_healthy();
}

TEST_CASE("failure: a task that completes twice is told so and counted once") {
  Daemon daemon;
  auto twice = daemon.submit({"complete_twice"});
  auto later = daemon.submit({"later", "-p", R"({"twice":true})"});
  REQUIRE(daemon.until_state(twice, "done"));
  REQUIRE(daemon.until_state(later, "done"));
  CHECK(daemon.job(twice, "/result/completion") == "1");
  CHECK(daemon.job(later, "/result/later") == "true");
  CHECK(daemon.stat("succeeded") == 2);
  CHECK(daemon.stat("attempts") == 2);
  REQUIRE(test::eventually(kLong, [&] {
    return daemon.stint({"job", "logs", twice}).out.find("completed twice") != std::string::npos;
  }));
  REQUIRE(test::eventually(kLong, [&] { return daemon.log().find("twice") != std::string::npos; }));
  daemon.expect_healthy();
}
