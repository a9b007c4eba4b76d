// The time of day of Redis' host, or of a worker's, is wrong or jumps
// (tests/preload/moved_clock.c): as by an administrator's hand, and no monotonic clock moves.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "common/text/text.h"
#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

constexpr int kHour = 3600;
constexpr int kMinute = 60;
// A worker that the machine does not let run for half a lease is rightly killed; that long none is.
constexpr const char* kClockLease = "6s";
const std::string kOutlivesIt = R"("ms":9000)";  // a sweeper that goes by the wrong clock sees it

class MovedClock {
 public:
  explicit MovedClock(int64_t seconds = 0)
      : file_(open((dir_ / "offset").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    step_to(seconds);
  }
  void step_to(int64_t seconds) const {
    if (pwrite(file_.get(), &seconds, sizeof seconds, 0) != sizeof seconds) {
      throw std::runtime_error("cannot move the clock");
    }
  }
  std::map<std::string, std::string> env() const {
    return {{"LD_PRELOAD", build_dir() + "/preload/moved_clock.so"},
            {"MOVED_CLOCK", dir_ / "offset"},
            preloading_under_asan()};
  }

 private:
  TempDir dir_;
  UniqueFd file_;
};

RedisOptions under(const MovedClock& clock) {
  RedisOptions options;
  for (const auto& [name, value] : clock.env()) {
    options.env[name] = value;
  }
  return options;
}

DaemonOptions quick(const RedisServer& redis) {
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 2;
  options.toml = short_leases(kClockLease);
  return options;
}

// An attempt whose worker is gone without a trace.
void leave_dead_attempt(const RedisServer& redis, const std::string& id) {
  // At once: an audit between the two would find damage.
  redis.command({"EVAL", "for i = 1, 2 do redis.call('HSET', KEYS[i], ARGV[1], ARGV[i + 1]) end",
                 "2", key("jobs"), key("active"), id, "\ninfo 1 nonce\nnull",
                 "1763661387123456 gone-1-x.1 1 1000 0 3 1000 "});
}

std::string token_of(const Daemon& daemon, const std::string& id) {
  push(daemon, id, "info");
  REQUIRE(ended_as(daemon, id) == "done");
  return json_at(outcome(daemon, id), "/result/token");
}

int64_t redis_seconds(const RedisServer& redis) {
  return std::stoll(redis.command({"TIME"}));
}

// Of a process under a clock that is off by so much: it is seen there, and not only set.
void expect_off_by(int64_t seconds, const std::string& stamp) {
  INFO(stamp);
  auto told = parse_time(stamp);
  REQUIRE(told.ok());
  CHECK(std::abs((*told - now_wall_ms()) / 1000 - seconds) < kMinute);
}

// By the clock of the only worker.
void expect_worker_off_by(int64_t seconds, const Daemon& daemon, const std::string& id) {
  push(daemon, id, "fail");
  REQUIRE(ended_as(daemon, id, kLong) == "failed");
  expect_off_by(seconds, json_at(outcome(daemon, id), "/errors/0/at"));
}

// An attempt that outlives its lease, before and after the clock of Redis jumps.
void live_is_kept_dead_is_reaped(int step) {
  MovedClock clock;
  RedisServer redis(under(clock));
  Daemon daemon(quick(redis));
  auto before = std::stoull(token_of(daemon, "before"));
  push(daemon, "late", "info", "null", R"("delay":"30m")");
  push(daemon, "alive", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + "\"," + kOutlivesIt));
  REQUIRE(until_started(daemon / "started"));
  leave_dead_attempt(redis, "dead");

  int64_t then = redis_seconds(redis);
  clock.step_to(step);
  REQUIRE(std::abs(redis_seconds(redis) - then - step) < 60);

  CHECK(ended_as(daemon, "dead", kLong) == "failed");
  CHECK(json_at(outcome(daemon, "dead"), "/reason") == "lost");
  CHECK(std::stoull(token_of(daemon, "after")) > before);
  push(daemon, "soon", "info", "null", R"("delay":"1s")");
  CHECK(ended_as(daemon, "soon", kLong) == "done");
  CHECK(ended_as(daemon, "alive", kLong) == "done");
  CHECK(json_at(outcome(daemon, "alive"), "/attempt") == "1");
  // Half an hour from before the step: over by a step forward, longer by a step back.
  if (step > 0) {
    CHECK(ended_as(daemon, "late", kLong) == "done");
  } else {
    CHECK(daemon.job("late", "/state") == "scheduled");
  }
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log({"settled attempts whose worker is gone", "append-only",
                           "no renewal was answered in time"});  // `alive` does not heed it
}

}  // namespace

TEST_CASE("clock: stint sweep and stintd --flush-stale reap by no wall clock either") {
  MovedClock clock;
  RedisServer redis(under(clock));
  auto options = quick(redis);
  options.toml = short_leases("9s");  // the attempt heeds a worker that fears for its lease
  options.toml.replace(options.toml.find("500ms"), 5, "1h");  // the daemon's own sweeper stays out
  Daemon daemon(options);
  push(daemon, "alive", "wait", announced(daemon / "started", R"("on_stop":"succeed")"));
  REQUIRE(until_started(daemon / "started"));
  // Forward and back: by the clock all are dead, then nobody is.
  for (int step : {kHour, -kHour}) {
    clock.step_to(step);
    leave_dead_attempt(redis, "swept");
    auto swept = daemon.stint({"sweep", "--json"});
    CHECK(swept.code == 0);
    CHECK(swept.out == "{\"id\":\"swept\",\"state\":\"failed\"}\n");
    leave_dead_attempt(redis, "flushed");
    auto flushed =
        run({bin_dir() + "/stintd", "--config", daemon.config_file(), "--flush-stale", "--json"});
    CHECK(flushed.code == 0);
    CHECK(flushed.out == "{\"queue\":\"default\",\"flushed\":1,\"jobs\":[\"flushed\"]}\n");
    CHECK(redis.command({"HEXISTS", key("active"), "alive"}) == "1");
    for (const char* id : {"swept", "flushed"}) {
      CHECK(daemon.stint({"job", "delete", id}).code == 0);
    }
  }
  CHECK(daemon.stint({"job", "cancel", "alive"}).code == 0);
  CHECK(ended_as(daemon, "alive", kLong) == "done");
  CHECK(json_at(outcome(daemon, "alive"), "/attempt") == "1");
  CHECK(lines_in(daemon / "started") == 1);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE(
    "clock: a step of an hour forward reaps no live attempt, and a dead one is still reaped") {
  live_is_kept_dead_is_reaped(kHour);
}

TEST_CASE("clock: a step of an hour back reaps no live attempt, and a dead one is still reaped") {
  live_is_kept_dead_is_reaped(-kHour);
}

TEST_CASE(
    "clock: hosts whose clocks differ by minutes keep each other's attempts, and reap the dead") {
  RedisServer redis;
  constexpr int kOff = 7 * kMinute;
  MovedClock ahead(kOff);
  MovedClock behind(-kOff);
  auto options = quick(redis);
  options.processes = 1;
  options.env = ahead.env();
  Daemon first(options);
  expect_off_by(kOff, first.log().substr(0, first.log().find(' ')));
  expect_worker_off_by(kOff, first, "ahead");
  options.env = behind.env();
  Daemon second(options);
  expect_off_by(-kOff, second.log().substr(0, second.log().find(' ')));
  for (const char* id : {"one", "two"}) {
    push(first, id, "witness",
         announced(first / "started", R"("path":")" + (first / "w") + "\"," + kOutlivesIt));
  }
  REQUIRE(until_started(first / "started", 2));  // one worker each
  leave_dead_attempt(redis, "dead");
  CHECK(ended_as(first, "dead", kLong) == "failed");
  for (const char* id : {"one", "two"}) {
    CHECK(ended_as(first, id, kLong) == "done");
    INFO(outcome(first, id) << "\n" << first.log() << second.log());
    CHECK(json_at(outcome(first, id), "/attempt") == "1");
    CHECK(json_at(outcome(first, id), "/state") == "done");
  }
  push(first, "soon", "info", "null", R"("delay":"1s")");
  CHECK(ended_as(first, "soon", kLong) == "done");
  first.expect_healthy();
  first.stop();
  expect_worker_off_by(-kOff, second, "behind");
  second.stop();
}
