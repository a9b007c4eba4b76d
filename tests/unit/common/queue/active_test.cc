#include <catch2/catch.hpp>

#include "common/queue/upkeep.h"

using stint::parse_active;

TEST_CASE("active: what claim and heartbeat write is read back, the resource with its spaces") {
  auto claimed = parse_active("1763661387123456 host-1-ab.1 0 30000 - - - ");
  REQUIRE(claimed);
  CHECK(claimed->token == 1763661387123456);
  CHECK(claimed->worker == "host-1-ab.1");
  CHECK_FALSE(claimed->started);
  CHECK(claimed->lease == stint::milliseconds(30'000));
  CHECK(claimed->resource.empty());
  CHECK(claimed->claimed_ms == 1763661387123);
  auto beaten = parse_active("7 w 1 5000 3 2 -500 a b/c ");
  REQUIRE(beaten);
  CHECK(beaten->started);
  CHECK(beaten->resource == "a b/c ");
}

TEST_CASE("active: where the token ran ahead of the clock the time of the claim stands beside it") {
  auto entry = parse_active("1763661447123456 w 1@1763661387123 5000 3 2 -500 r");
  REQUIRE(entry);
  CHECK(entry->started);
  CHECK(entry->claimed_ms == 1763661387123);
  CHECK(entry->token == 1763661447123456);
  CHECK(entry->resource == "r");
}

TEST_CASE("active: a malformed value is an error, never a guess") {
  for (auto text : {"", "7", "7 w", "7 w 1", "7 w 2 5000 3 2 1 ", "x w 1 5000 3 2 1 ",
                    "7 w 1 y 3 2 1 ", "7 w 1@ 5000 3 2 1 ", "7 w 1@x 5000 3 2 1 ",
                    "7 w 1 -5 3 2 1 ", "7 w 1 5000 3", "7 w 1 9000000000000000000 3 2 1 "}) {
    INFO(text);
    CHECK_FALSE(parse_active(text));
  }
}
