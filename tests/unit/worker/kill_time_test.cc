#include "worker/kill_time.h"

#include <catch2/catch.hpp>

#include "tests/unit/worker/seconds.h"

using namespace stint;
using test::at;

namespace {

AttemptTimes started_at(int64_t started, int64_t renewed) {
  return {at(started), at(renewed), milliseconds(100'000), {}, false};
}

Limits limits(int64_t timeout_s, int64_t grace_s) {
  Limits some;
  some.timeout = milliseconds(timeout_s * 1000);
  some.grace = milliseconds(grace_s * 1000);
  return some;
}

}  // namespace

TEST_CASE("kill time: without a timeout only the lease ends an attempt") {
  KillTime kill = kill_time(started_at(1000, 1010), limits(0, 5));
  CHECK(kill.at == at(1095));
  CHECK(kill.kind == EndKind::kLost);
}

TEST_CASE("kill time: a timeout counts from the start, with its grace") {
  KillTime kill = kill_time(started_at(1000, 1000), limits(30, 5));
  CHECK(kill.at == at(1035));
  CHECK(kill.kind == EndKind::kTimeout);
}

TEST_CASE("kill time: every renewal moves the lease's end and not the timeout's") {
  CHECK(kill_time(started_at(1000, 1000), limits(200, 5)).at == at(1085));
  CHECK(kill_time(started_at(1000, 1100), limits(200, 5)).at == at(1185));
  CHECK(kill_time(started_at(1000, 1200), limits(200, 5)).at == at(1205));
}

TEST_CASE("kill time: a cancel comes a grace after it was told") {
  AttemptTimes times = started_at(1000, 1000);
  times.told = at(1010);
  times.cancelled = true;
  KillTime kill = kill_time(times, limits(60, 5));
  CHECK(kill.at == at(1015));
  CHECK(kill.kind == EndKind::kCancelled);
}

TEST_CASE("kill time: whatever ends it first, it is dead by the end of the lease's share") {
  CHECK(kill_time(started_at(1000, 1010), limits(0, 5)).dead_by == at(1095));
  KillTime kill = kill_time(started_at(1000, 1010), limits(80, 5));
  CHECK(kill.at == at(1085));
  CHECK(kill.kind == EndKind::kTimeout);
  CHECK(kill.dead_by == at(1095));
}

TEST_CASE("kill time: a lost lease is told and killed as lost") {
  AttemptTimes times = started_at(1000, 1000);
  times.told = at(1010);
  KillTime kill = kill_time(times, limits(60, 5));
  CHECK(kill.at == at(1015));
  CHECK(kill.kind == EndKind::kLost);
}

TEST_CASE("kill time: a worker stops its own before it is killed, and both before the lease ends") {
  milliseconds lease(10'000);
  MonoTime fence = fence_time(at(0), lease);
  KillTime kill = kill_time({at(0), at(0), lease, {}, false}, limits(0, 5));
  CHECK(fence == MonoTime{} + milliseconds(6'000));
  CHECK(fence < kill.at);
  CHECK(kill.at < at(0) + lease);
}

TEST_CASE(
    "kill time: a short lease leaves the supervisor two of its looks to kill before it ends") {
  constexpr milliseconds kShort{1'000};
  MonoTime fence = fence_time(at(0), kShort);
  KillTime kill = kill_time({at(0), at(0), kShort, {}, false}, limits(0, 5));
  CHECK(fence < kill.at);
  CHECK(kill.at + milliseconds(350) < at(0) + kShort);
  CHECK(fence > at(0) + kShort / 3);  // a renewal comes every third of a lease
}

TEST_CASE("kill time: a lease that ends because Redis did not answer is nobody's fault") {
  AttemptTimes times = started_at(1000, 1000);
  times.fenced = true;
  CHECK(kill_time(times, limits(200, 5)).interrupted);
  CHECK_FALSE(kill_time(times, limits(60, 5)).interrupted);  // its timeout comes first
  times.told = at(1050);  // because a later attempt has its resource
  CHECK(kill_time(times, limits(200, 5)).interrupted);
  CHECK(kill_time(times, limits(200, 5)).at == at(1055));
  times.cancelled = true;
  CHECK_FALSE(kill_time(times, limits(200, 5)).interrupted);
  times.fenced = false;
  CHECK_FALSE(kill_time(times, limits(200, 5)).interrupted);
}
