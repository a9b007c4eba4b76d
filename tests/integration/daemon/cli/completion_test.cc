// stint completion, and what the scripts ask.
#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::has;
using test::StintCalls;
using Words = std::vector<std::string>;

namespace {

Words completed(const StintCalls& stint, Words words) {
  words.insert(words.begin(), "--complete");
  auto ended = stint(words);
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  return test::lines_of(ended.out);
}

}  // namespace

TEST_CASE("stint completion: verbs and options come from the tree that parses them") {
  StintCalls stint;
  CHECK(completed(stint, {"que"}) == Words{"queue"});
  CHECK(completed(stint, {"job", "c"}) == Words{"cancel", "count"});
  CHECK(completed(stint, {"--json", "-q", "video", "job", "retry", "--sp"}) == Words{"--spread"});
  CHECK(completed(stint, {"job", "list", "--state", "f"}) == Words{"failed"});
  CHECK(completed(stint, {"plugin", "check", "./a"}) == Words{":files"});
  CHECK(completed(stint, {"completion", ""}) == Words{"bash", "fish", "zsh"});
  CHECK(completed(stint, {"nonsense", "--nonsense", ""}).size() > 5);
}

TEST_CASE("stint completion: queues, tasks and ids are those of Redis") {
  StintCalls stint;
  REQUIRE(stint({"submit", "noop", "--id", "order-1"}).code == 0);
  REQUIRE(stint({"submit", "noop", "--id", "order-2", "-q", "video"}).code == 0);
  stint.announce({"resize", "report"});
  CHECK(completed(stint, {"job", "show", "or"}) == Words{"order-1"});
  CHECK(completed(stint, {"job", "show", "-q", "video", ""}) == Words{"order-2"});
  CHECK(completed(stint, {"submit", "res"}) == Words{"resize"});
  CHECK(completed(stint, {"job", "list", "--task", ""}) == Words{"report", "resize"});
  CHECK(completed(stint, {"queue", "pause", ""}) == Words{"default", "video"});
  CHECK(completed(stint, {"stats", "-q", "v"}) == Words{"video"});
  stint.server.kill9();
  CHECK(completed(stint, {"job", "show", ""}).empty());
}

TEST_CASE("stint completion: bash completes with the script") {
  StintCalls stint;
  REQUIRE(stint({"submit", "noop", "--id", "order-1"}).code == 0);
  auto bash = stint.spawn({"bash", "--norc", "-c", "PATH=" + test::bin_dir() + ":$PATH\n" + R"sh(
    eval "$(stint completion bash)"
    COMP_WORDS=(stint job show or) COMP_CWORD=3
    _stint
    echo "${COMPREPLY[@]}")sh"});
  auto ended = test::run(bash);
  CHECK(ended.code == 0);
  CHECK(ended.out == "order-1\n");
  CHECK(ended.err.empty());
  CHECK(stint({"completion", "tcsh"}).code == 2);
  for (std::string shell : {"zsh", "fish"}) {
    CHECK(has(stint({"completion", shell}).out, "stint --complete"));
  }
}
