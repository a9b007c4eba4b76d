// A Redis of one's own that is unreachable, refuses us, or forgets our scripts.
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"

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
    MonoTime asked = now_mono();
    auto ended = daemon.stint({"stats"});
    CHECK(now_mono() - asked < milliseconds{7000});  // five, and a slow start of stint
    CHECK(ended.code == 7);
    CHECK(ended.err.find("127.0.0.1:" + std::to_string(server.url().port)) != std::string::npos);
    CHECK(ended.err.find("s3cret") == std::string::npos);
  }
}
