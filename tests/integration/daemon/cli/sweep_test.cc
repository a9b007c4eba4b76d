// stint sweep: attempts whose worker is gone.
#include <signal.h>

#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::has;
using test::StintCalls;

namespace {

// An attempt of a worker that is gone.
void leave_dead(const StintCalls& stint, const std::string& id, int lease_ms) {
  stint.server.command({"HSET", "stint:{default}:active", id,
                        "1763661387000000 gone 0 " + std::to_string(lease_ms) + " - - - "});
}

}  // namespace

TEST_CASE("stint sweep: what is dead goes back, what is renewed stays, nothing active is at once") {
  StintCalls stint;
  auto idle = stint({"sweep"});
  CHECK(idle.code == 0);
  CHECK(idle.out.empty());
  CHECK(idle.err == "stint: 0 attempts settled of 0 active\n");
  stint.hand.submit({test::job_spec("dead"), test::job_spec("alive")});
  auto given = stint.hand.claim("w", 2);
  REQUIRE(given.size() == 2);
  leave_dead(stint, "dead", 300);
  test::Process sweep(stint.spawn({test::bin_dir() + "/stint", "sweep", "--json"}));
  // Until it is seen once more it is watched: nothing else ends the sweep.
  REQUIRE(test::eventually(test::kLong, [&] {
    stint.server.command(
        {"ZADD", "stint:{default}:leases", std::to_string(now_mono().ns), "alive"});
    return !sweep.running();
  }));
  CHECK(sweep.wait(milliseconds{1'000}) == 0);
  CHECK(sweep.out() == "{\"id\":\"dead\",\"state\":\"pending\"}\n");
  CHECK(stint.job("alive", "/state") == "active");
}

TEST_CASE("stint sweep: SIGINT ends it with what it did so far, and 130") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("short"), test::job_spec("long")});
  REQUIRE(stint.hand.claim("w", 2).size() == 2);
  leave_dead(stint, "short", 200);
  leave_dead(stint, "long", 600'000);
  test::Process sweep(stint.spawn({test::bin_dir() + "/stint", "sweep"}));
  REQUIRE(test::eventually(test::kSoon, [&] { return stint.job("short", "/state") == "pending"; }));
  sweep.signal(SIGINT);
  CHECK(sweep.wait(test::kSoon) == 130);
  CHECK(sweep.out() == "short: is pending\n");
  CHECK(has(sweep.err(), "interrupted: 1 attempt settled of 2 active, 1 not watched"));
  CHECK(stint.job("long", "/state") == "active");
}

TEST_CASE("stint sweep: on a terminal it says for what it waits, and how long") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("dead")});
  REQUIRE(stint.hand.claim("w", 1).size() == 1);
  leave_dead(stint, "dead", 1'500);
  auto seen =
      test::run(stint.spawn({"script", "-qec", test::bin_dir() + "/stint sweep", "/dev/null"}));
  CHECK(has(seen.out, "watching 1 active attempt for a sign of life, for up to 2s more"));
  CHECK(has(seen.out, "dead: is pending"));
}
