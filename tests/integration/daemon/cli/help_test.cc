// The help of every verb, as the tree of verbs is walked by `stint --complete`.
#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::has;
using test::lines_of;
using test::StintCalls;
using Words = std::vector<std::string>;

namespace {

Words verbs_below(const StintCalls& stint, Words path) {
  path.insert(path.begin(), "--complete");
  path.emplace_back("");
  return lines_of(stint(path).out);
}

}  // namespace

TEST_CASE("stint: the help of every verb begins with examples, a line for each verb below") {
  StintCalls stint;
  std::vector<Words> paths{{}};
  for (const auto& verb : verbs_below(stint, {})) {
    paths.push_back({verb});
    if (verb == "completion") {
      continue;  // what follows it is a shell
    }
    for (const auto& below : verbs_below(stint, {verb})) {
      if (below != ":files") {
        paths.push_back({verb, below});
      }
    }
  }
  CHECK(paths.size() > 35);
  for (Words path : paths) {
    path.emplace_back("--help");
    auto help = stint(path);
    INFO(help.out);
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    size_t examples = help.out.find("\nExamples:\n  stint ");
    CHECK((examples != std::string::npos || path.front() == "completion"));
    CHECK(help.out.find("\nExamples:\n") < help.out.find("\nUsage: stint"));
    CHECK(help.out.find("Examples:") == help.out.rfind("Examples:"));
    CHECK(has(help.out, "Exit codes: 0 done"));
    for (const auto& line : lines_of(help.out)) {
      CHECK(line.size() <= 120);
    }
  }
}
