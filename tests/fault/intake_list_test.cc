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
  REQUIRE(eventually(kSoon, [&] { return redis.command({"EXISTS", "jobs:waiting"}) == "0"; }));
  CHECK(read_file(daemon / "runs") == "1\n");
  daemon.expect_healthy();
  daemon.stop();
}

namespace {

#if defined(STINT_SANITIZED)
constexpr bool kSanitized = true;  // ten times as slow, and what was freed is kept
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

TEST_CASE("intake: large entries behind small ones cost the daemon no memory to speak of") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  auto most_mib = [&daemon] {  // since its start
    std::string status = read_file("/proc/" + std::to_string(daemon.pid()) + "/status");
    return std::stoll(status.substr(status.find("VmHWM:") + 6)) / 1024;
  };
  redis.command({"SET", key("paused"), "1"});
  const int64_t before = most_mib();
  auto client = redis.client();
  auto push = [&client](const std::string& name, int n, const std::string& params) {
    for (int i = 0; i < n; ++i) {
      REQUIRE(client.run(redis::plain({"LPUSH", key("staged"),
                                       R"({"task":"echo","id":")" + name + std::to_string(i) +
                                           R"(","params":")" + params + R"("})"})));
    }
  };
  push("small", 300, "x");
  const int scores = kSanitized ? 1 : 10;
  for (int i = 0; i < scores; ++i) {
    push("large" + std::to_string(i) + "-", 20, std::string(900'000, 'x'));
  }
  redis.command({"RENAME", key("staged"), key("inbox")});
  REQUIRE(eventually(kLong, [&] {
    return redis.command({"HLEN", key("jobs")}) == std::to_string(300 + 20 * scores);
  }));
  const int64_t grown = most_mib() - before;
  CAPTURE(before, grown);  // MiB
  // A batch is 1 MiB, and some ten times that while it is read, judged and sent; all entries are
  // 180.
  CHECK((kSanitized || grown < 48));
  daemon.stop();
}
