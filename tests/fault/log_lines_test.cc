// A job's log lines are there when it has ended, also where Redis knew none of our scripts when
// they were sent.
#include <catch2/catch.hpp>

#include "tests/support/daemon.h"

using namespace stint;
using test::Daemon;

TEST_CASE("log lines: a Redis that has forgotten the scripts drops none") {
  Daemon daemon;
  daemon.redis({"SCRIPT", "FLUSH"});
  // The first job brings finish back and not log: with EVALSHA the second one's lines would come
  // behind its end.
  auto silent = daemon.submit({"params_echo"});
  REQUIRE(daemon.until_state(silent, "done"));
  auto id = daemon.submit({"log", "-p", R"({"text":"kept"})"});
  REQUIRE(daemon.until_state(id, "done"));
  CHECK(daemon.stint({"job", "logs", id}).out.find("kept 1") != std::string::npos);
}
