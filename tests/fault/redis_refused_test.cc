#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

DaemonOptions not_started(const std::string& url) {
  DaemonOptions options;
  options.redis_url = url;
  options.start = false;
  return options;
}

}  // namespace

TEST_CASE("start on a Redis that evicts: exit 78 with one line that says what it needs") {
  RedisOptions evicting;
  evicting.extra = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"};
  RedisServer redis(evicting);
  Daemon daemon(not_started(redis.url_text()));
  daemon.launch();
  CHECK(daemon.wait(kSoon) == 78);
  CHECK(count_of(daemon.log(), " error ") == 1);
  CHECK(daemon.log().find("stint needs noeviction") != std::string::npos);
}

TEST_CASE("start on records of another format: exit 78, nothing is touched") {
  RedisServer redis;
  redis.command({"HSET", "stint:meta", "format", "2"});
  Daemon daemon(not_started(redis.url_text()));
  daemon.launch();
  CHECK(daemon.wait(kSoon) == 78);
  CHECK(daemon.log().find("has format 2") != std::string::npos);
  CHECK(redis.command({"KEYS", "*"}) == "stint:meta");
}

TEST_CASE("start on a key for the format that is no hash: exit 78, it says what to do") {
  RedisServer redis;
  redis.command({"SET", "stint:meta", "x"});
  Daemon daemon(not_started(redis.url_text()));
  daemon.launch();
  CHECK(daemon.wait(kSoon) == 78);
  CHECK(count_of(daemon.log(), "key stint:meta in") == 1);
  CHECK(daemon.log().find("RENAME stint:meta stint:meta.damaged") != std::string::npos);
  CHECK(redis.command({"KEYS", "*"}) == "stint:meta");
}

TEST_CASE("start with a user who lacks a right: exit 78, the right is named") {
  RedisServer redis;
  redis.command({"ACL", "SETUSER", "weak", "on", ">pw", "~stint:*", "&stint:*", "+@all", "-evalsha",
                 "-eval"});
  Daemon daemon(not_started("unix://weak:pw@" + redis.socket()));
  daemon.launch();
  CHECK(daemon.wait(kSoon) == 78);
  CHECK(daemon.log().find("lacks a right") != std::string::npos);
  CHECK(daemon.log().find("evalsha") != std::string::npos);
  CHECK(daemon.log().find("pw@") == std::string::npos);
}

TEST_CASE("start while Redis cannot be reached: said once, ready as soon as it is there") {
  RedisServer redis;
  redis.kill9();
  Daemon daemon(not_started(redis.url_text()));
  daemon.launch();
  REQUIRE(eventually(kSoon,
                     [&] { return daemon.log().find("cannot be reached") != std::string::npos; }));
  CHECK_FALSE(eventually(milliseconds{1'500},
                         [&] { return count_of(daemon.log(), "cannot be reached") > 1; }));
  redis.restart();
  CHECK(daemon.until_ready());
  CHECK(until_logged(daemon, "Redis is back"));
  daemon.stop();
}

TEST_CASE("outage of Redis: said at its start and its end only, the running job ends well") {
  RedisOptions durable;
  durable.extra = {"--appendonly", "yes", "--appendfsync", "no"};
  RedisServer redis(durable);
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  push(daemon, "slow", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":4000)"));
  REQUIRE(until_started(daemon / "started"));
  redis.kill9();
  CHECK_FALSE(daemon.wait(milliseconds{2'000}));  // an outage ends nobody
  redis.restart();
  CHECK(ended_as(daemon, "slow") == "done");
  CHECK(json_at(outcome(daemon, "slow"), "/attempt") == "1");
  CHECK(until_logged(daemon, "stintd: Redis is back"));
  CHECK(count_of(daemon.log(), "stintd: Redis cannot be reached") == 1);
  CHECK(count_of(daemon.log(), "stintd: Redis is back") == 1);
  daemon.stop();
}

TEST_CASE("memory: above 80 % of maxmemory the queue is under pressure") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  redis.command({"SET", "ballast", std::string(size_t{40} << 20, 'x')});
  auto used = [&] {
    std::string info = redis.command({"INFO", "memory"});
    return std::stoll(info.substr(info.find("used_memory:") + 12));
  };
  redis.command({"CONFIG", "SET", "maxmemory", std::to_string(used() * 11 / 10)});
  CHECK(eventually(kSoon, [&] { return redis.command({"EXISTS", key("pressure")}) == "1"; }));
  CHECK(until_logged(daemon, "above 80 %"));
  push(daemon, "a", "fail_times", R"({"path":")" + (daemon / "n") + R"(","times":0})");
  CHECK(eventually(kSoon, [&] { return read_file(daemon / "n") == "1\n"; }));
  CHECK(eventually(kSoon, [&] { return redis.command({"HLEN", key("jobs")}) == "0"; }));
  redis.command({"DEL", "ballast"});
  daemon.stop();
}
