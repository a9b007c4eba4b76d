// stint completion, and what the scripts ask.
#include <unistd.h>

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
    COMP_WORDS=(stint job show or) COMP_CWORD=3 COMP_LINE="stint job show or" COMP_POINT=17
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

TEST_CASE("stint completion: bash runs nothing that stands in an id, and breaks none at a colon") {
  StintCalls stint;
  const std::string mark = stint.server.dir() + "/run";
  for (const std::string& id :
       {"$(touch " + mark + ")", "`touch " + mark + "`", std::string("order:4711"),
        std::string("two words"), std::string("--odd")}) {
    REQUIRE(stint({"submit", "noop", "--id", id}).code == 0);
  }
  // The words as bash cuts them, the last one being completed; then what it would put there.
  auto bash = stint.spawn({"bash", "--norc", "-c", "PATH=" + test::bin_dir() + ":$PATH\n" + R"sh(
    eval "$(stint completion bash)"
    tab() {
      COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
      _stint
      printf '%s\n' "${COMPREPLY[@]}"
    }
    tab 'stint job show ' stint job show '' | grep touch
    tab 'stint job show order:4' stint job show order : 4
    tab 'stint job show order:' stint job show order :
    tab 'stint job show tw' stint job show tw
    tab 'stint job show two\ w' stint job show 'two\ w'
    tab 'stint job list --state=fa' stint job list --state = fa
    tab 'stint job count --by ta' stint job count --by ta)sh"});
  auto ended = test::run(bash);
  CHECK(ended.err.empty());
  CHECK(test::lines_of(ended.out) == Words{R"(\$\(touch\ )" + mark + R"(\))",
                                           R"(\`touch\ )" + mark + R"(\`)", "4711", "4711",
                                           R"(two\ words)", R"(two\ words)", "failed", "task"});
  CHECK(::access(mark.c_str(), F_OK) != 0);
  CHECK(stint({"job", "show", "--", "--odd"}).code == 0);
  CHECK(has(stint({"job", "delete", "--yes", "--", "--odd"}).out, "--odd"));
}
