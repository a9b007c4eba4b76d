// Redis does not answer for longer than a lease: running attempts stop in time, and it costs them
// nothing.
#include <thread>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

constexpr milliseconds kLong{30'000};
constexpr milliseconds kLease{4'000};  // a second between fence and kill: this machine may be busy

struct CutOff {
  RedisServer redis;
  std::unique_ptr<Daemon> daemon;

  // One attempt that heeds its stop flag, one that does not.
  explicit CutOff(RedisOptions options) : redis(std::move(options)) {
    DaemonOptions two;
    two.redis_url = redis.url_text();
    two.processes = 2;
    two.toml = short_leases(std::to_string(kLease.count()) + "ms");
    daemon = std::make_unique<Daemon>(two);
    push(*daemon, "heeds", "wait", announced(*daemon / "heeding", R"("seconds":6)"));
    push(*daemon, "hangs", "hang_once",
         announced(*daemon / "hanging", R"("path":")" + (*daemon / "n") + "\""));
    REQUIRE(until_started(*daemon / "heeding"));
    REQUIRE(until_started(*daemon / "hanging"));
  }
  // While it does not answer, as it has not since `silent`: until every lease has run out, too.
  void until_both_have_stopped(MonoTime silent) const {
    REQUIRE(until_logged(*daemon, "no renewal was answered in time"));
    REQUIRE(until_logged(*daemon, "a job is past its end: lost"));
    REQUIRE(eventually(kLong, [&] { return now_mono() - silent > kLease; }));
  }
  // Afterwards. Uncounted: no retries were given, and both run again.
  void both_end_well() const {
    CHECK(ended_as(*daemon, "heeds", kLong) == "done");
    CHECK(ended_as(*daemon, "hangs", kLong) == "done");
    CHECK(lines_in(*daemon / "heeding") == 2);
    CHECK(lines_in(*daemon / "hanging") == 2);
    for (const char* id : {"heeds", "hangs"}) {
      CHECK(json_at(outcome(*daemon, id), "/attempt") == "1");
      CHECK(json_at(outcome(*daemon, id), "/errors") == "[]");
    }
    CHECK(redis.command({"HGET", key("stats"), "lost"}).empty());
    daemon->expect_healthy();
    daemon->stop();
  }
};

}  // namespace

TEST_CASE("cut off: a Redis that is frozen for longer than a lease costs no attempt") {
  CutOff it({});
  it.redis.signal(SIGSTOP);
  it.until_both_have_stopped(now_mono());
  it.redis.signal(SIGCONT);
  it.both_end_well();
}

TEST_CASE(
    "cut off: another program's script that blocks Redis for longer than a lease reaps nobody") {
  RedisOptions impatient;
  impatient.extra = {"--busy-reply-threshold", "200"};
  CutOff it(impatient);
  redis::Client killer = it.redis.client();  // a new one is not greeted while it is busy
  std::jthread foreign([client = it.redis.client()]() mutable {
    (void)client.run(redis::plain({"EVAL", "while true do end", "0"})).ok();
  });
  it.until_both_have_stopped(now_mono());
  REQUIRE(killer.run(redis::plain({"SCRIPT", "KILL"})).ok());
  foreign.join();
  it.both_end_well();
}
