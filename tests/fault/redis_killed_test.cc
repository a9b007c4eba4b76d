#include <catch2/catch.hpp>

#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("embedded Redis killed: it is started again and no job is lost") {
  DaemonOptions options;
  options.processes = 2;
  Daemon daemon(options);
  constexpr int kJobs = 200;
  for (int i = 0; i < kJobs; ++i) {
    push(daemon, "j" + std::to_string(i), "counter",
         R"({"path":")" + (daemon / ("n" + std::to_string(i))) + R"(","ms":10})",
         R"("retries":5,"backoff":"none")");
  }
  REQUIRE(eventually(kSoon, [&] {
    return std::stoi("0" + daemon.redis({"ZCARD", key("done")})) > 20;
  }));
  pid_t server = daemon.redis_pid();
  REQUIRE(server > 0);
  REQUIRE(kill(server, SIGKILL) == 0);
  REQUIRE(
      eventually(kSoon, [&] { return daemon.redis_pid() > 0 && daemon.redis_pid() != server; }));
  auto done = [&] {
    try {
      return daemon.redis({"ZCARD", key("done")}) == std::to_string(kJobs);
    } catch (const std::exception&) {
      return false;  // not up yet
    }
  };
  CHECK(eventually(kLong, done));
  CHECK(daemon.redis({"HLEN", key("active")}) == "0");
  daemon.stop();
}
