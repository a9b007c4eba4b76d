#include "daemon/rate_limit.h"

#include <catch2/catch.hpp>

using namespace stint;

TEST_CASE("rate limit: a burst passes, the rest is counted, time gives it back") {
  RateLimit limit(10, 5);
  MonoTime now{1'000'000'000};
  int passed = 0;
  for (int i = 0; i < 20; ++i) {
    passed += limit.allow(now) ? 1 : 0;
  }
  CHECK(passed == 5);
  CHECK(limit.take_refused() == 15);
  CHECK(limit.take_refused() == 0);
  CHECK_FALSE(limit.allow(now + milliseconds(99)));
  CHECK(limit.allow(now + milliseconds(100)));
  CHECK_FALSE(limit.allow(now + milliseconds(101)));
}

TEST_CASE(
    "rate limit: a long pause gives no more than the burst, a clock that stands still nothing") {
  RateLimit limit(1'000'000, 3);
  MonoTime now{5};
  CHECK(limit.allow(now));
  MonoTime later = now + milliseconds(int64_t{1000} * 3600 * 24 * 365);
  int passed = 0;
  for (int i = 0; i < 10; ++i) {
    passed += limit.allow(later) ? 1 : 0;
  }
  CHECK(passed == 3);
}

TEST_CASE("rate limit: what costs more takes more, and is refused whole") {
  RateLimit limit(10, 5);
  MonoTime now{5};
  CHECK(limit.allow(now, 3));
  CHECK_FALSE(limit.allow(now, 3));
  CHECK(limit.allow(now, 2));
  CHECK_FALSE(limit.allow(now));
}
