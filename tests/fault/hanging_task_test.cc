#include <catch2/catch.hpp>

#include "common/queue/keys.h"
#include "common/queue/steer.h"
#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

namespace {

DaemonOptions short_grace() {
  DaemonOptions options;
  options.toml = "[tasks.hang]\ngrace = \"300ms\"\n[tasks.hang_once]\ngrace = \"300ms\"\n";
  return options;
}

}  // namespace

TEST_CASE("timeout: a task that ignores it is killed and the second attempt succeeds") {
  Daemon daemon(short_grace());
  push(daemon, "hung", "hang_once", R"({"path":")" + (daemon / "n") + "\"}",
       R"("timeout":"1s","retries":1,"backoff":"none")");
  CHECK(ended_as(daemon, "hung") == "done");
  CHECK(json_at(outcome(daemon, "hung"), "/attempt") == "2");
  CHECK(json_at(outcome(daemon, "hung"), "/errors/0/kind") == "timeout");
  daemon.stop();
}

TEST_CASE("cancel: a task that ignores it is killed, ends as cancelled and is not retried") {
  Daemon daemon(short_grace());
  push(daemon, "hung", "hang", announced(daemon / "started"), R"("retries":5)");
  REQUIRE(until_started(daemon / "started"));
  MonoTime before = now_mono();
  const std::vector<std::string> ids{"hung"};
  REQUIRE(daemon.client().run(
      cancel_jobs(Keys("stint", "default"), milliseconds{60'000}, std::nullopt, ids)));
  CHECK(ended_as(daemon, "hung") == "cancelled");
  CHECK(now_mono() - before < milliseconds{5'000});
  CHECK(lines_in(daemon / "started") == 1);
  daemon.stop();
}

TEST_CASE("timeout with several slots: the neighbours go back uncounted") {
  DaemonOptions options = short_grace();
  options.slots = 2;
  Daemon daemon(options);
  push(daemon, "neighbour", "hang_once",
       announced(daemon / "started", R"("path":")" + (daemon / "n") + "\""));
  REQUIRE(until_started(daemon / "started"));
  push(daemon, "hung", "hang", "{}", R"("timeout":"1s")");
  CHECK(ended_as(daemon, "hung") == "failed");
  CHECK(json_at(outcome(daemon, "hung"), "/errors/0/kind") == "timeout");
  CHECK(ended_as(daemon, "neighbour") == "done");
  CHECK(json_at(outcome(daemon, "neighbour"), "/attempt") == "1");
  daemon.stop();
}
