#include <catch2/catch.hpp>

#include "common/text/text.h"

using namespace stint;

TEST_CASE("time: RFC 3339 with its zones") {
  CHECK(parse_time("2025-11-20T17:56:27.123Z").value() == 1763661387123);
  CHECK(parse_time("2025-11-20t17:56:27.123z").value() == 1763661387123);
  CHECK(parse_time("2025-11-20 17:56:27.123Z").value() == 1763661387123);
  CHECK(parse_time("2025-11-20T23:26:27.123+05:30").value() == 1763661387123);
  CHECK(parse_time("2025-11-20T09:56:27.123-08:00").value() == 1763661387123);
  CHECK(parse_time("2025-11-20T17:56:27.123999999999Z").value() == 1763661387123);
  CHECK(parse_time("2025-11-20T17:56:27.1Z").value() == 1763661387100);
  CHECK(parse_time("1970-01-01T00:00:00Z").value() == 0);
  CHECK(parse_time("1969-12-31T23:59:59Z").value() == -1000);
  CHECK(parse_time("1970-01-01T00:00:00-00:00").value() == 0);
  CHECK(parse_time("9999-12-31T23:59:59.999Z").value() == 253402300799999);
}

TEST_CASE("time: leap years and leap seconds") {
  CHECK(parse_time("2024-02-29T00:00:00Z").value() == 1709164800000);
  CHECK(parse_time("2000-02-29T00:00:00Z").ok());
  CHECK_FALSE(parse_time("1900-02-29T00:00:00Z").ok());
  CHECK_FALSE(parse_time("2023-02-29T00:00:00Z").ok());
  CHECK(parse_time("2016-12-31T23:59:60Z").value() == parse_time("2017-01-01T00:00:00Z").value());
  CHECK(parse_time("2017-01-01T05:29:60+05:30").ok());
  CHECK_FALSE(parse_time("2016-12-31T12:00:60Z").ok());
}

TEST_CASE("time: what is none is refused and says why") {
  for (const char* bad : {"",
                          "now",
                          "2025-11-20",
                          "2025-13-01T00:00:00Z",
                          "2025-00-01T00:00:00Z",
                          "2025-04-31T00:00:00Z",
                          "2025-11-20T24:00:00Z",
                          "2025-11-20T23:60:00Z",
                          "2025-11-20T23:59:61Z",
                          "2025-11-20T1:2:3Z",
                          "2025-11-20T17:56:27.Z",
                          "2025-11-20T17:56Z",
                          "2025-11-20T17:56:27+0530",
                          "2025-11-20T17:56:27+24:00",
                          "2025-11-20T17:56:27+05:60",
                          "2025-11-20T17:56:27ZZ",
                          "2025-11-20T17:56:27+05:30x",
                          "20251120T175627Z",
                          "-025-11-20T17:56:27Z",
                          "1763661387123",
                          "2025-11-20T17:56:27 Z",
                          " 2025-11-20T17:56:27Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time(bad).ok());
  }
  CHECK(parse_time("tomorrow").error().message ==
        "time 'tomorrow' is none: write for example 2026-11-20T18:51:43Z");
  CHECK(parse_time("2025-11-20T17:56:27").error().message ==
        "time '2025-11-20T17:56:27' has no zone: end it with Z or an offset such as +05:30");
}
