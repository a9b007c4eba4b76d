#include "worker/hearsay.h"

#include <catch2/catch.hpp>

#include "tests/unit/worker/seconds.h"

using namespace stint;
using test::at;

namespace {

constexpr int64_t kNow = 1'763'661'387'123;
constexpr int64_t kHour = 3'600'000;

}  // namespace

TEST_CASE("hearsay: what was said within a minute is believed at once") {
  Hearsay hearsay;
  CHECK(hearsay.somebody_has("t", kNow - 59'000, kNow, at(1)));
}

TEST_CASE("hearsay: after a step of Redis' clock, either way, a task is not given up") {
  for (int64_t step : {kHour, -kHour}) {
    Hearsay hearsay;
    CHECK(hearsay.somebody_has("t", kNow, kNow + step, at(1)));
    CHECK(hearsay.somebody_has("t", kNow, kNow + step + 9'000, at(10)));
    CHECK(hearsay.somebody_has("t", kNow + step + 10'000, kNow + step + 11'000, at(12)));
    CHECK(hearsay.somebody_has("t", kNow + step + 10'000, kNow + step + 49'000, at(50)));
  }
}

TEST_CASE("hearsay: a task of which nobody speaks any more is given up") {
  Hearsay hearsay;
  CHECK(hearsay.somebody_has("t", kNow - kHour, kNow, at(1)));
  CHECK(hearsay.somebody_has("t", kNow - kHour, kNow + 24'000, at(25)));
  CHECK_FALSE(hearsay.somebody_has("t", kNow - kHour, kNow + 26'000, at(27)));
  CHECK(hearsay.somebody_has("other", kNow - kHour, kNow + 26'000, at(27)));
}
