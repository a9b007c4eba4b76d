#include "common/control/printed.h"

#include <catch2/catch.hpp>

using namespace stint::control;

TEST_CASE("printed: what is encoded is parsed, empty lines and numbers in lines too") {
  std::string payload =
      encode_printed({255, 18446744073709551615U, 3, 1763661387123, "1 2\n\n3\n"});
  auto printed = parse_printed(payload);
  REQUIRE(printed);
  CHECK(printed->entry == 255);
  CHECK(printed->token == 18446744073709551615U);
  CHECK(printed->number == 3);
  CHECK(printed->wall_ms == 1763661387123);
  CHECK(printed->lines == "1 2\n\n3\n");
}

TEST_CASE("printed: anything else is refused") {
  for (const char* payload : {"", "1", "1 2 3 4", "1 2 3\n", "a 2 3 4\n", "1 2 3 4 5\n",
                              "-1 2 3 4\n", "4294967296 2 3 4\n", "1  2 3 4\n"}) {
    INFO(payload);
    CHECK_FALSE(parse_printed(payload));
  }
}
