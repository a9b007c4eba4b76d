#include "common/job/limits.h"

#include <catch2/catch.hpp>

using namespace stint;

TEST_CASE("backoff: none, fixed and exp, both ways") {
  CHECK(parse_backoff("none").value().encoded == 0);
  CHECK(parse_backoff("fixed:10s").value().encoded == -10'000);
  CHECK(parse_backoff("exp:1s").value().encoded == 1'000);
  CHECK(parse_backoff("exp:0").value().encoded == 0);
  for (const char* text : {"none", "fixed:10s", "exp:1s", "exp:1h30m", "fixed:250ms"}) {
    CHECK(to_string(parse_backoff(text).value()) == text);
  }
  CHECK(Backoff{} == parse_backoff("exp:1s").value());
}

TEST_CASE("backoff: what is none is refused") {
  for (const char* bad : {"", "exp", "exp:", "exp:10", "fixed", "linear:1s", "EXP:1s", "exp:-1s",
                          "none:1s", "exp:1s ago", "exp:11000d"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_backoff(bad).ok());
  }
  CHECK(parse_backoff("5s").error().message ==
        "backoff '5s' is not one of none, fixed:DURATION, exp:DURATION");
}

TEST_CASE("limits: what is said replaces, what is not said stays") {
  LimitsSaid over;
  over.retries = 5;
  over.timeout = milliseconds(0);
  const Limits limits = apply(Limits{}, over);
  CHECK(limits.retries == 5);
  CHECK(limits.timeout.count() == 0);
  CHECK(limits.lease.count() == 30'000);
  CHECK(limits.crash_limit == 3);
  CHECK(limits.backoff.encoded == 1'000);

  LimitsSaid all{milliseconds(1), milliseconds(2), milliseconds(3), milliseconds(4), 5, 6,
                 Backoff{7}};
  const Limits every = apply(Limits{}, all);
  CHECK(every.lease.count() == 1);
  CHECK(every.timeout.count() == 2);
  CHECK(every.grace.count() == 3);
  CHECK(every.keep.count() == 4);
  CHECK(every.retries == 5);
  CHECK(every.crash_limit == 6);
  CHECK(every.backoff.encoded == 7);

  const LimitsSaid merged = merge(all, over);
  CHECK(merged.retries == 5);
  CHECK(merged.timeout == milliseconds(0));
  CHECK(merged.lease == milliseconds(1));
  CHECK_FALSE(merge(LimitsSaid{}, LimitsSaid{}).lease.has_value());
}
