#include "common/redis/unreachable.h"

#include <catch2/catch.hpp>

using namespace stint::redis;

TEST_CASE("unreachable: who is stopped is told the group to join, but never that of root") {
  CHECK(way_through({"stint", "stint", true}, "ann") ==
        "its users are the group stint: run `sudo adduser ann stint` and log in again");
  std::string alone = way_through({"root", "root", false}, "ann");
  CHECK(alone.find("only the user root may use it: run `sudo -u root stint ...`") == 0);
  CHECK(alone.find("adduser") == std::string::npos);
}
