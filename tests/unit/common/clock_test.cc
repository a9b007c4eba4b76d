#include "common/clock.h"

#include <catch2/catch.hpp>

TEST_CASE("rfc3339: milliseconds and zone are always there") {
  CHECK(stint::rfc3339(1763661387123) == "2025-11-20T17:56:27.123Z");
  CHECK(stint::rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(stint::rfc3339(1763661387007) == "2025-11-20T17:56:27.007Z");  // what it keeps of a second
  CHECK(stint::rfc3339(1763661388007) == "2025-11-20T17:56:28.007Z");
  CHECK(stint::rfc3339(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(stint::rfc3339(951782400050) == "2000-02-29T00:00:00.050Z");
}
