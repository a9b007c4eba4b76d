// The lists of [queues.Q] intake, by the daemon itself: producers of another queue go on as they
// are.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("intake: a job in a list of another queue's producers runs to done") {
  DaemonOptions options;
  options.toml = "[queues.default]\nintake = [\"jobs:waiting\"]\n";
  Daemon daemon(options);
  daemon.redis({"LPUSH", "jobs:waiting",
                R"({"type":"params_echo","id":"other","params":{"any":["json"]}})"});
  REQUIRE(ended_as(daemon, "other") == "done");
  CHECK(json_at(outcome(daemon, "other"), "/result") == R"({"any":["json"]})");
  push(daemon, "own", "params_echo", "1");  // the inbox is still read
  CHECK(ended_as(daemon, "own") == "done");
  // An LPUSH of what is no job is rejected with its reason, as in the inbox.
  daemon.redis({"LPUSH", "jobs:waiting", R"({"id":"none","params":1})"});
  CHECK(ended_as(daemon, "none") == "rejected");
  CHECK(daemon.redis({"EXISTS", "jobs:waiting"}) == "0");
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("intake: what came to a list while no daemon ran is taken at the start, each job once") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.toml = "[queues.default]\nintake = [\"jobs:waiting\"]\n";
  Daemon daemon(options);
  daemon.kill9();
  std::string job = R"({"type":"fail_times","id":"j","params":{"path":")" + (daemon / "runs") +
                    R"(","times":0}})";
  redis.command({"LPUSH", "jobs:waiting", job, job});  // as after a lost reply
  daemon.start();
  REQUIRE(ended_as(daemon, "j") == "done");
  REQUIRE(eventually(milliseconds{20'000}, [&] {
    return redis.command({"EXISTS", "jobs:waiting"}) == "0";
  }));
  CHECK(read_file(daemon / "runs") == "1\n");
  daemon.expect_healthy();
  daemon.stop();
}
