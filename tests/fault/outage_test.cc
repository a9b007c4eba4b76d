// A Redis of one's own that is unreachable, refuses us, or forgets our scripts.
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/support/best_of.h"
#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"
#include "tests/support/scaled.h"

using namespace stint;
using test::Daemon;
using test::DaemonOptions;
using test::kLong;
using test::RedisServer;

namespace {

test::RedisOptions durable() {
  test::RedisOptions options;
  options.tcp = true;
  options.user = "app";
  options.password = "s3cret";
  options.extra = {"--appendonly", "yes", "--appendfsync", "no"};
  return options;
}

}  // namespace

TEST_CASE("outage: a wrong password ends the start with 78 and is not printed") {
  RedisServer server(durable());
  DaemonOptions options;
  options.redis_url = "redis://app:wr0ng@127.0.0.1:" + std::to_string(server.url().port);
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  CHECK(daemon.wait(kLong) == 78);
  CHECK(daemon.log().find("WRONGPASS") != std::string::npos);
  CHECK(daemon.log().find("wr0ng") == std::string::npos);
  CHECK(daemon.stint({"stats"}).code == 78);
}

TEST_CASE("password: it stands in no argument, environment or log line, and in no worker's task") {
  RedisServer server(durable());
  DaemonOptions options;
  options.redis_url = server.url_text();  // with it
  options.env = {{"STINT_REDIS_URL", options.redis_url}};
  options.log_level = "debug";
  Daemon daemon(options);
  REQUIRE(test::eventually(test::kSoon,
                           [&] { return daemon.log().find("starting") != std::string::npos; }));
  auto id = daemon.submit({"environment"});
  REQUIRE(daemon.until_state(id, "done"));
  CHECK(daemon.job(id, "/result").find("s3cret") == std::string::npos);
  auto pids = daemon.worker_pids();
  REQUIRE(pids.size() == 1);
  for (pid_t pid : {daemon.pid(), pids.front()}) {
    const std::string process = "/proc/" + std::to_string(pid);
    std::string arguments = test::read_file(process + "/cmdline");
    CHECK_FALSE(arguments.empty());
    CHECK(arguments.find("s3cret") == std::string::npos);
  }
  std::string environment = test::read_file("/proc/" + std::to_string(pids.front()) + "/environ");
  CHECK_FALSE(environment.empty());
  CHECK(environment.find("s3cret") == std::string::npos);
  daemon.stop();
  CHECK(daemon.log().find("127.0.0.1") != std::string::npos);
  CHECK(daemon.log().find("s3cret") == std::string::npos);
}

TEST_CASE("outage: the scripts may be flushed at any time") {
  Daemon daemon;
  for (int i = 0; i < 20; ++i) {
    daemon.redis({"SCRIPT", "FLUSH"});
    auto id = daemon.submit({"info"});
    REQUIRE(daemon.until_state(id, "done"));
  }
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("outage: the command line says 7, and where it looked, within seven seconds") {
  RedisServer server(durable());
  DaemonOptions options;
  options.redis_url = server.url_text();
  options.start = false;
  Daemon daemon(options);
  for (bool frozen : {true, false}) {
    frozen ? server.signal(SIGSTOP) : server.kill9();
    const milliseconds limit = test::slowed(milliseconds{7000});  // five, and a slow start of stint
    test::Finished ended;
    auto look = [&] { return test::time_of([&] { ended = daemon.stint({"stats"}); }); };
    CHECK(test::best_of(3, limit, look) < limit);
    CHECK(ended.code == 7);
    CHECK(ended.err.find("127.0.0.1:" + std::to_string(server.url().port)) != std::string::npos);
    CHECK(ended.err.find("s3cret") == std::string::npos);
  }
}
