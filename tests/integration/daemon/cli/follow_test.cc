// stint job logs --follow.
#include <signal.h>

#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::has;
using test::StintCalls;

TEST_CASE("stint job logs --follow: each line once as it comes, then as job wait ends") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs"), test::job_spec("fine")});
  auto given = stint.hand.claim("w", 2);
  auto says = [&](const std::string& text, uint64_t number) {
    LogBatch log{given.at(0).id, given.at(0).token, {}, {"1763661387123 1 " + text}, number};
    (void)stint.hand.run(append_log(stint.hand.keys, std::vector<LogBatch>{log}));
  };
  says("first", 1);
  says("second", 2);
  test::Process call(
      stint.spawn({test::bin_dir() + "/stint", "job", "logs", "-f", "runs", "fine"}));
  auto came = [&call](size_t lines) {
    return test::eventually(test::kSoon,
                            [&] { return test::lines_of(call.out()).size() >= lines; });
  };
  REQUIRE(came(2));
  says("third", 3);
  REQUIRE(came(3));
  stint.hand.end(given.at(1), EndKind::kOk);
  says("last", 4);
  stint.hand.end(given.at(0), EndKind::kError);
  CHECK(call.wait(test::kSoon) == 5);
  CHECK(has(call.err(), "runs  failed"));
  CHECK(has(call.err(), "fine  succeeded"));
  auto lines = test::lines_of(call.out());
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "runs  2025-11-20T17:56:27.123Z  1  first");
  CHECK(has(lines[3], "  last"));
  CHECK(stint({"job", "logs", "-f", "fine"}).code == 0);
  CHECK(stint({"job", "logs", "-f", "nobody"}).code == 3);
  stint.hand.submit({test::job_spec("waits")});
  test::Process waiting(
      stint.spawn({test::bin_dir() + "/stint", "job", "logs", "--follow", "waits"}));
  stint.server.command({"CONFIG", "RESETSTAT"});
  REQUIRE(test::eventually(test::kSoon, [&stint] {
    return has(stint.server.command({"INFO", "commandstats"}), "cmdstat_hmget");
  }));
  waiting.signal(SIGINT);
  CHECK(waiting.wait(test::kSoon) == 130);
}
