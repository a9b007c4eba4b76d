#include "daemon/settlement.h"

#include <signal.h>

#include <catch2/catch.hpp>

#include "common/queue/claim.h"
#include "common/queue/submit.h"
#include "tests/support/loop.h"
#include "tests/support/redis_server.h"

using namespace stint;

namespace {

constexpr const char* kWorker = "host-1-ab.1";

// A queue in which a worker has claimed jobs a and b, and then died while it ran a.
struct DeadWorker {
  test::RedisServer server{durable()};
  test::Loop loop;
  Config config;
  Keys keys{"stint", "default"};
  std::unique_ptr<redis::Connection> redis;
  uint64_t token = 0;

  static test::RedisOptions durable() {
    test::RedisOptions options;
    options.extra = {"--appendonly", "yes", "--appendfsync", "no"};
    return options;
  }
  DeadWorker() {
    config.queues = {QueueConfig{}};
    auto client = server.client();
    for (const char* id : {"a", "b"}) {
      JobSpec spec;
      spec.id = id;
      spec.task = "t";
      REQUIRE(client.run(submit(keys, new_nonce(), false, {&spec, 1})));
    }
    auto reply = client.run(claim(keys, kWorker, 1, 2, milliseconds(30'000)));
    REQUIRE(reply);
    auto claimed = parse_claim(reply->view());
    REQUIRE(claimed);
    REQUIRE(claimed->jobs.size() == 2);
    token = claimed->token;
    redis = std::make_unique<redis::Connection>(
        loop.get(), redis::Connection::Options{server.url(), "test"},
        redis::Connection::Listener{[](const redis::ServerInfo&) {}, [](const Error&) {}});
    redis->open();
  }
  control::EntryCopy entry(const std::string& id, control::EntryState state) const {
    control::EntryCopy copy{};
    copy.id = id;
    copy.state = state;
    copy.token = token;
    copy.attempt = 1;
    copy.started_wall_ms = 1;
    return copy;
  }
  Obituary crash() const {
    Obituary dead;
    dead.worker = kWorker;
    dead.queues = {"default"};
    dead.exit = {0, SIGSEGV, false};
    dead.at_ms = 2;
    dead.held = {entry("a", control::EntryState::kStarted),
                 entry("b", control::EntryState::kClaimed)};
    return dead;
  }
};

}  // namespace

TEST_CASE(
    "settlement: the job that ran fails with its signal, the other is pending again, the worker is "
    "closed") {
  DeadWorker dead;
  Settlements settlements(dead.loop.get(), *dead.redis);
  bool done = false;
  settlements.on_empty = [&] { done = true; };
  settlements.add(dead.config, dead.crash(), {});
  REQUIRE(dead.loop.run_until(test::kSoon, [&] { return done; }));
  CHECK(dead.server.command({"ZRANGE", dead.keys("failed"), "0", "-1"}) == "a");
  CHECK(dead.server.command({"HGET", dead.keys("outcomes"), "a"}).find("SIGSEGV") !=
        std::string::npos);
  CHECK(dead.server.command({"LRANGE", dead.keys("pending"), "0", "-1"}) == "b");
  CHECK(dead.server.command({"HLEN", dead.keys("active")}) == "0");
  CHECK(dead.server.command({"HGET", dead.keys("claims"), kWorker}) == "closed");
  dead.redis.reset();
}

TEST_CASE("settlement: what the worker had claimed and its recorder did not know yet goes back") {
  DeadWorker dead;
  Settlements settlements(dead.loop.get(), *dead.redis);
  bool done = false;
  settlements.on_empty = [&] { done = true; };
  Obituary unaware = dead.crash();
  unaware.held.clear();
  settlements.add(dead.config, unaware, {});
  REQUIRE(dead.loop.run_until(test::kSoon, [&] { return done; }));
  CHECK(dead.server.command({"LLEN", dead.keys("pending")}) == "2");
  CHECK(dead.server.command({"HLEN", dead.keys("active")}) == "0");
  dead.redis.reset();
}

TEST_CASE("settlement: it is kept while Redis is away and done when it is back") {
  DeadWorker dead;
  REQUIRE(dead.loop.run_until(test::kSoon, [&] { return dead.redis->ready(); }));
  dead.server.kill9();
  Settlements settlements(dead.loop.get(), *dead.redis);
  bool done = false;
  settlements.on_empty = [&] { done = true; };
  settlements.add(dead.config, dead.crash(), {});
  CHECK_FALSE(dead.loop.run_until(milliseconds(300), [&] { return done; }));
  dead.server.restart();
  REQUIRE(dead.loop.run_until(test::kSoon, [&] { return done; }));
  CHECK(dead.server.command({"ZRANGE", dead.keys("failed"), "0", "-1"}) == "a");
  dead.redis.reset();
}

TEST_CASE("settlement: done twice, the second time changes nothing") {
  DeadWorker dead;
  Settlements settlements(dead.loop.get(), *dead.redis);
  int done = 0;
  settlements.on_empty = [&] { ++done; };
  for (int round = 1; round <= 2; ++round) {
    settlements.add(dead.config, dead.crash(), {});
    REQUIRE(dead.loop.run_until(test::kSoon, [&] { return done == round; }));
  }
  CHECK(dead.server.command({"HGET", dead.keys("stats"), "crashed"}) == "1");
  CHECK(dead.server.command({"LRANGE", dead.keys("pending"), "0", "-1"}) == "b");
  dead.redis.reset();
}
