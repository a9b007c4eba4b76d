// Redis does not answer for longer than a lease: running attempts stop in time, and it costs them
// nothing.
#include <algorithm>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/best_of.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

// Between fence and kill 2.5 s, between two renewals and the fence as many: this machine may be
// busy.
constexpr milliseconds kCutOffLease{10'000};

struct CutOff {
  RedisServer redis;
  std::unique_ptr<Daemon> daemon;
  std::vector<pid_t> workers;

  // One attempt that heeds its stop flag, one that does not for `deaf` seconds.
  CutOff(RedisOptions options, const std::string& toml, int deaf = 3600)
      : redis(std::move(options)) {
    DaemonOptions two;
    two.redis_url = redis.url_text();
    two.processes = 2;
    two.toml = toml;
    daemon = std::make_unique<Daemon>(two);
    push(*daemon, "heeds", "wait_once",
         announced(*daemon / "heeding", R"("path":")" + (*daemon / "n") + "\""));
    push(*daemon, "hangs", "hang_once",
         announced(*daemon / "hanging",
                   R"("path":")" + (*daemon / "m") + R"(","seconds":)" + std::to_string(deaf)));
    REQUIRE(until_started(*daemon / "heeding"));
    REQUIRE(until_started(*daemon / "hanging"));
    workers = daemon->worker_pids();
  }
  // By another program's script, until somebody kills that.
  std::jthread blocked() const {
    return std::jthread([client = redis.client()]() mutable {
      (void)client.run(redis::plain({"EVAL", "while true do end", "0"})).ok();
    });
  }
  bool both_have_stopped() const {
    return count_of(daemon->log(), "no renewal was answered in time") == 2 &&
           std::any_of(workers.begin(), workers.end(), [](pid_t pid) { return !alive(pid); });
  }
  // While it does not answer, as it has not since `silent`: until every lease has run out, too. How
  // long it was until both had stopped.
  milliseconds until_both_have_stopped(MonoTime silent) const {
    REQUIRE(eventually(kLong, [&] { return both_have_stopped(); }));
    milliseconds took = now_mono() - silent;
    REQUIRE(until_logged(*daemon, "a job is past its end: lost"));
    REQUIRE(eventually(kLong, [&] { return now_mono() - silent > kCutOffLease; }));
    return took;
  }
  // Afterwards. Uncounted: no retries were given, and what was stopped runs again.
  void both_end_well() const {
    CHECK(ended_as(*daemon, "heeds", kLong) == "done");
    CHECK(ended_as(*daemon, "hangs", kLong) == "done");
    CHECK(lines_in(*daemon / "heeding") == 2);
    for (const char* id : {"heeds", "hangs"}) {
      CHECK(json_at(outcome(*daemon, id), "/attempt") == "1");
      CHECK(json_at(outcome(*daemon, id), "/errors") == "[]");
    }
    CHECK(redis.command({"HGET", key("stats"), "lost"}).empty());
    daemon->expect_healthy();
    daemon->stop();
  }
};

// `cut` is given what to cut off, and returns how long it was until both attempts had stopped.
template <typename Cut>
void expect_stopped_in_time(const RedisOptions& options, Cut cut) {
  auto round = [&] {
    CutOff it(options, short_leases(std::to_string(kCutOffLease.count()) + "ms"));
    REQUIRE(until_renewed(*it.daemon, "hangs"));
    milliseconds took = cut(it);
    it.both_end_well();
    CHECK(lines_in(*it.daemon / "hanging") == 2);
    return took;
  };
  CHECK(best_of(3, kCutOffLease, round) < kCutOffLease);
}

}  // namespace

TEST_CASE("cut off: a Redis that is frozen for longer than a lease costs no attempt") {
  expect_stopped_in_time({}, [](CutOff& it) {
    it.redis.signal(SIGSTOP);
    milliseconds took = it.until_both_have_stopped(now_mono());
    it.redis.signal(SIGCONT);
    return took;
  });
}

TEST_CASE(
    "cut off: another program's script that blocks Redis for longer than a lease reaps nobody") {
  RedisOptions impatient;
  impatient.extra = {"--busy-reply-threshold", "200"};
  expect_stopped_in_time(impatient, [](CutOff& it) {
    redis::Client killer = it.redis.client();  // a new one is not greeted while it is busy
    std::jthread foreign = it.blocked();
    milliseconds took = it.until_both_have_stopped(now_mono());
    REQUIRE(killer.run(redis::plain({"SCRIPT", "KILL"})).ok());
    return took;
  });
}

// A lease of 30 s, BUSY after 5 s of silence, a command's deadline of 10 s: the attempt that does
// not heed may be killed or not, as its last renewal was.
TEST_CASE("cut off: another program's script of 20 seconds, with every default, reaps nobody") {
  CutOff it({}, "", 30);
  redis::Client killer = it.redis.client();
  std::jthread foreign = it.blocked();
  const MonoTime begin = now_mono();
  REQUIRE(eventually(kLong, [&] {
    return now_mono() - begin > milliseconds{20'500} &&
           count_of(it.daemon->log(), "no renewal was answered in time") == 2;
  }));
  REQUIRE(killer.run(redis::plain({"SCRIPT", "KILL"})).ok());
  it.both_end_well();
  CHECK(count_of(it.daemon->log(), "settled attempts whose worker is gone") == 0);
}

// Timeout and grace are over a moment before the lease's share is, so what was to be a TERM with
// half a second to heed it must not become a task that runs beside its successor.
TEST_CASE("cut off: a timeout that falls together with the end of its lease is killed by then") {
  const milliseconds lease{2'000};
  auto round = [] {
    RedisServer redis;
    DaemonOptions options;
    options.redis_url = redis.url_text();
    options.toml = "[tasks.spin]\nlease = \"2s\"\ntimeout = \"1s\"\ngrace = \"500ms\"\n";
    Daemon daemon(options);
    pid_t worker = daemon.worker_pids().at(0);
    push(daemon, "deaf", "spin", announced(daemon / "started"));
    REQUIRE(until_started(daemon / "started"));
    redis.signal(SIGSTOP);
    MonoTime silent = now_mono();
    REQUIRE(eventually(kLong, [&] { return !alive(worker); }));
    milliseconds took = now_mono() - silent;
    REQUIRE(until_logged(daemon, "a job is past its end: "));
    redis.signal(SIGCONT);
    // Started 100 ms after its claim or later, it meets the end of its lease first: another round.
    bool timed = daemon.log().find("a job is past its end: timeout") != std::string::npos;
    if (timed) {
      CHECK(ended_as(daemon, "deaf", kLong) == "failed");
      CHECK(json_at(outcome(daemon, "deaf"), "/errors/0/kind") == "timeout");
    }
    daemon.stop();
    return timed ? took : milliseconds::max();
  };
  CHECK(best_of(8, lease, round) < lease);
}
