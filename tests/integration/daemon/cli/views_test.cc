// What stint prints for people: tables on a terminal, hints, lists that end.
#include "daemon/cli/table.h"
#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::has;
using test::json_at;
using test::lines_of;
using test::StintCalls;

TEST_CASE("stint job list and stats: on a terminal of 80 columns ids are whole and no line wraps") {
  StintCalls stint;
  const std::string id = "0193a1c2-7b5e-7c31-9d40-5a1f0c2b3d4e";
  JobSpec spec = test::job_spec(id, "a-resource-with-a-long-name");
  spec.task = "a-task-with-a-long-name";
  stint.hand.submit({spec});
  stint.hand.end(stint.hand.claim("w", 1).at(0), EndKind::kError, 0, std::string(300, 'x'));
  auto on_terminal = [&stint](const std::string& words) {
    std::string line = "stty cols 80; " + test::bin_dir() + "/stint " + words;
    return test::run(stint.spawn({"script", "-qec", line, "/dev/null"})).out;
  };
  auto list = lines_of(on_terminal("job list --no-color"));
  REQUIRE(list.size() == 2);
  CHECK(list[1].starts_with(id + "  failed  a-task"));
  for (const auto& line : list) {
    CHECK(cli::width_of(line) <= 81);  // and a CR
  }
  for (const auto& line : lines_of(on_terminal("stats --no-color"))) {
    CHECK(line.size() <= 81);
  }
  CHECK(has(stint({"job", "list"}).out, std::string(300, 'x') + "\n"));
}
