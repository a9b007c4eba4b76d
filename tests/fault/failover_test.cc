// The Redis that we write to becomes a replica, or another server stands at its address.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"
#include "tests/support/slow_proxy.h"

using namespace stint;
using namespace stint::test;

namespace {

void push_many(const Daemon& daemon, int count) {
  for (int i = 0; i < count; ++i) {
    push(daemon, "j" + std::to_string(i), "counter",
         R"({"path":")" + (daemon / ("n" + std::to_string(i))) + R"(","ms":10})",
         R"("retries":5,"backoff":"none")");
  }
}

}  // namespace

TEST_CASE("READONLY: a Redis that is demoted and promoted again is one outage, and loses nothing") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 2;
  Daemon daemon(options);
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":3000)"));
  REQUIRE(until_started(daemon / "started"));
  push_many(daemon, 100);
  redis.command({"REPLICAOF", "127.0.0.1", "1"});
  REQUIRE(until_logged(daemon, "stintd: Redis cannot be reached"));
  auto refused = daemon.stint({"submit", "info"});
  CHECK(refused.code == 7);
  CHECK(refused.err.find("is a read-only replica") != std::string::npos);
  redis.command({"REPLICAOF", "NO", "ONE"});
  CHECK(eventually(kLong, [&] { return redis.command({"ZCARD", key("done")}) == "101"; }));
  CHECK(json_at(outcome(daemon, "slow"), "/attempt") == "1");
  CHECK(redis.command({"HGET", key("stats"), "attempts"}) == "101");
  CHECK(count_of(daemon.log(), "stintd: Redis cannot be reached") == 1);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("failover: a replica at the same address goes on with every job, and tokens grow") {
  TempDir dir;
  RedisOptions options_of_first;
  options_of_first.tcp = true;
  options_of_first.extra = {"--unixsocket", dir / "1.sock", "--repl-diskless-sync-delay", "0"};
  RedisServer first(options_of_first);
  RedisOptions options_of_second = options_of_first;
  options_of_second.extra = {"--unixsocket", dir / "2.sock"};
  RedisServer second(options_of_second);
  SlowProxy proxy(dir / "1.sock");

  DaemonOptions options;
  options.redis_url = proxy.url_text();
  options.processes = 2;
  Daemon daemon(options);
  push(daemon, "before", "info");
  REQUIRE(ended_as(daemon, "before") == "done");
  auto token = std::stoull(json_at(outcome(daemon, "before"), "/result/token"));
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":4000)"));
  REQUIRE(until_started(daemon / "started"));
  push_many(daemon, 50);
  second.command({"REPLICAOF", "127.0.0.1", std::to_string(first.url().port)});
  REQUIRE(eventually(kLong, [&] {
    return second.command({"INFO", "replication"}).find("master_link_status:up") !=
           std::string::npos;
  }));
  redis::Client client = first.client();  // it is what this one has written that WAIT waits for
  REQUIRE(client.run(redis::plain({"SET", "mark", "1"})).ok());
  auto copies = client.run(redis::plain({"WAIT", "1", "60000"}));
  REQUIRE((copies.ok() && copies->view().integer() == 1));
  first.kill9();
  second.command({"REPLICAOF", "NO", "ONE"});
  proxy.retarget(dir / "2.sock");

  CHECK(eventually(kLong, [&] { return second.command({"ZCARD", key("done")}) == "52"; }));
  CHECK(json_at(outcome(daemon, "slow"), "/attempt") == "1");
  push(daemon, "after", "info");
  REQUIRE(ended_as(daemon, "after") == "done");
  CHECK(std::stoull(json_at(outcome(daemon, "after"), "/result/token")) > token);
  CHECK(count_of(daemon.log(), "Redis holds other data") == 0);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("SCRIPT FLUSH under load: nobody notices") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 2;
  Daemon daemon(options);
  push_many(daemon, 150);
  CHECK(eventually(kLong, [&] {
    redis.command({"SCRIPT", "FLUSH"});
    return redis.command({"ZCARD", key("done")}) == "150";
  }));
  CHECK(redis.command({"HGET", key("stats"), "attempts"}) == "150");
  daemon.stop();
  daemon.expect_clean_log({"append-only"});
}
