#include "daemon/sweeper.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "common/queue/claim.h"
#include "common/queue/submit.h"
#include "tests/support/loop.h"
#include "tests/support/redis_server.h"

using namespace stint;

namespace {

constexpr milliseconds kLease{1'000};
constexpr milliseconds kEvery{100};

// One started attempt of job a with a short lease, and a sweeper that looks often.
struct OneAttempt {
  test::RedisServer server;
  test::Loop loop;
  Keys keys{"stint", "default"};
  std::unique_ptr<redis::Connection> redis;
  std::unique_ptr<Sweeper> sweeper;
  uint64_t token = 0;

  OneAttempt() {
    auto client = server.client();
    JobSpec spec;
    spec.id = "a";
    spec.task = "t";
    REQUIRE(client.run(submit(keys, new_nonce(), false, {&spec, 1})));
    auto reply = client.run(claim(keys, "w", 1, 1, kLease));
    REQUIRE(reply);
    token = parse_claim(reply->view())->token;
    beat(client);
    redis = std::make_unique<redis::Connection>(
        loop.get(), redis::Connection::Options{server.url(), "test"},
        redis::Connection::Listener{[](const redis::ServerInfo&) {}, [](const Error&) {}});
    redis->open();
    sweeper = std::make_unique<Sweeper>(loop.get(), *redis, keys, kEvery, milliseconds(0));
  }
  ~OneAttempt() {
    sweeper.reset();
    redis.reset();
  }
  void beat(redis::Client& client) {
    Beat one{"a", token, true, Limits{}};
    one.limits.lease = kLease;
    REQUIRE(client.run(heartbeat(keys, "w", {&one, 1})));
  }
  bool active() const { return server.command({"HEXISTS", keys("active"), "a"}) == "1"; }
};

}  // namespace

TEST_CASE("sweeper: an attempt without a heartbeat for its whole lease is lost") {
  OneAttempt swept;
  MonoTime before = now_mono();
  REQUIRE(swept.loop.run_until(test::kSoon, [&] { return !swept.active(); }));
  CHECK(now_mono() - before >= kLease);
  CHECK(swept.server.command({"HGET", swept.keys("outcomes"), "a"}).find("\"lost\"") !=
        std::string::npos);
}

TEST_CASE("sweeper: an attempt that is renewed is left alone, however long it runs") {
  OneAttempt swept;
  auto client = swept.server.client();
  for (int i = 0; i < 8; ++i) {
    CHECK_FALSE(swept.loop.run_until(milliseconds(400), [&] { return !swept.active(); }));
    swept.beat(client);
  }
}

TEST_CASE("sweeper: one that was stopped itself gives the living a whole lease again") {
  OneAttempt swept;
  CHECK_FALSE(swept.loop.run_until(milliseconds(300), [&] { return !swept.active(); }));
  // The loop stands still for longer than a lease and the margin, as under SIGSTOP: nobody turns
  // it.
  MonoTime stopped = now_mono();
  while (now_mono() - stopped < milliseconds(3'500)) {
    usleep(100'000);
  }
  CHECK_FALSE(swept.loop.run_until(milliseconds(600), [&] { return !swept.active(); }));
  CHECK(swept.loop.run_until(test::kSoon, [&] { return !swept.active(); }));
}
