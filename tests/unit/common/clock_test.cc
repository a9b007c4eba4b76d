#include "common/clock.h"

#include <catch2/catch.hpp>

TEST_CASE("rfc3339: milliseconds and zone are always there") {
  CHECK(stint::rfc3339(1763661387123) == "2025-11-20T17:56:27.123Z");
  CHECK(stint::rfc3339(0) == "1970-01-01T00:00:00.000Z");
}
