// What stint prints for people: tables on a terminal, hints, lists that end.
#include "daemon/cli/table.h"
#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/terminal.h"

using namespace stint;
using test::has;
using test::json_at;
using test::lines_of;
using test::StintCalls;

namespace {

void reject(const StintCalls& stint, const std::string& raw, const std::string& at) {
  stint.server.command(
      {"LPUSH", "stint:{default}:rejected",
       "\n{\"at\":\"" + at + "\",\"from\":\"inbox\",\"reason\":\"unknown field\"}\n" + raw});
}

// The entries of a page of `rejected list`, and its cursor.
std::vector<std::string> page_of(const StintCalls& stint, std::string& after) {
  std::vector<std::string> call{"rejected", "list", "--json", "--limit", "4"};
  if (!after.empty()) {
    call.insert(call.end(), {"--after", after});
  }
  after.clear();
  std::vector<std::string> entries;
  for (const auto& line : lines_of(stint(call).out)) {
    std::string entry = json_at(line, "/entry");
    entry.empty() ? void(after = json_at(line, "/after")) : entries.push_back(entry);
  }
  return entries;
}

}  // namespace

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

TEST_CASE("stint rejected list: pages neither miss nor repeat while entries come and go") {
  StintCalls stint;
  const std::string at = "2026-11-20T20:00:0";
  for (int i = 1; i <= 3; ++i) {
    reject(stint, std::to_string(i), at + std::to_string(i) + ".000Z");
  }
  for (int i = 0; i < 6; ++i) {
    reject(stint, "same", at + "5.000Z");
  }
  std::string after;
  CHECK(page_of(stint, after) == std::vector<std::string>{"same", "same", "same", "same"});
  REQUIRE_FALSE(after.empty());
  reject(stint, "new", at + "6.000Z");
  CHECK(page_of(stint, after) == std::vector<std::string>{"same", "same", "3", "2"});
  // The one that the cursor names goes.
  CHECK(stint({"rejected", "delete", "--error", "unknown", "--limit", "9", "--yes"}).code == 0);
  CHECK(page_of(stint, after) == std::vector<std::string>{"1"});
  CHECK(after.empty());
}

TEST_CASE("stint rejected list: fifty, and it says that there are more") {
  StintCalls stint;
  for (int i = 0; i < 51; ++i) {
    reject(stint, std::to_string(i), "2026-11-20T20:00:00.000Z");
  }
  auto seen = stint({"rejected", "list"});
  CHECK(lines_of(seen.out).size() == 51);
  CHECK(has(seen.err, "there are more: --after "));
  CHECK(lines_of(stint({"rejected", "list", "--all", "--json"}).out).size() == 51);
  CHECK(stint({"rejected", "list", "--after", "12"}).code == 2);
}

TEST_CASE("stint doctor and queue list: jobs of a queue that nobody serves are pointed out") {
  StintCalls stint;
  CHECK(stint({"submit", "noop", "-q", "video"}).code == 0);
  CHECK(stint({"submit", "noop", "-q", "vidoe"}).code == 0);
  CHECK(stint({"submit", "noop"}).code == 0);
  stint.announce({"noop"});
  auto ended = stint({"doctor"});
  CHECK(ended.code == 0);
  CHECK(has(ended.err, "no live worker serves the queue vidoe, where 1 job waits"));
  CHECK(has(ended.err, "was video meant?"));
  CHECK_FALSE(has(ended.err, "serves the queue default"));
  auto list = lines_of(stint({"queue", "list"}).out);
  REQUIRE(list.size() == 4);
  CHECK_FALSE(has(list[1], "no worker"));
  CHECK(list[2].ends_with("no worker"));
}

TEST_CASE("stint doctor: after findings it says what to do about them") {
  StintCalls stint;
  stint.server.command({"HSET", "stint:{default}:outcomes", "ghost", "{}"});
  auto ended = stint({"doctor"});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "stint doctor --repair mends this, while jobs run; doctor.md"));
  CHECK_FALSE(has(stint({"doctor", "--repair"}).err, "doctor.md"));
  stint.server.command({"SET", "stint:{default}:workers", "of another type"});
  stint.server.command({"SET", "stint:{default}:pending", "of another type"});
  CHECK(has(stint({"doctor"}).out, "wrong-type"));
  CHECK(stint({"doctor", "--repair"}).code == 0);
}

TEST_CASE("stint: a queue or a job that is not there is told from one that is elsewhere") {
  StintCalls stint;
  CHECK(stint({"submit", "noop", "-q", "video", "--id", "m5"}).code == 0);
  CHECK(has(stint({"stats", "-q", "vidoe"}).err, "no queue vidoe is known; did you mean video?"));
  CHECK(stint({"stats", "-q", "vidoe", "--json"}).code == 0);
  CHECK(has(stint({"queue", "list", "vidoe"}).err, "did you mean video?"));
  CHECK(stint({"stats", "-q", "video"}).err.empty());
  CHECK(stint({"stats"}).err.empty());
  // "0 jobs checked, nothing wrong" of a queue that nobody has: a mistyped name is no good health.
  CHECK(has(stint({"doctor", "-q", "vidoe"}).err, "no queue vidoe is known; did you mean video?"));
  CHECK_FALSE(has(stint({"doctor", "-q", "video"}).err, "is known"));
  CHECK(stint({"worker", "list", "-q", "video"}).err ==
        "stint: no live worker serves the queue video\n");
  for (const auto* verb : {"show", "wait", "logs", "list", "cancel", "delete", "retry"}) {
    auto ended = stint({"job", verb, "m5"});
    CHECK(ended.code == 3);
    CHECK(has(ended.err, "no such job in queue default: m5; queue video has it: add -q video"));
  }
  CHECK(has(stint({"job", "show", "m6"}).err, "no such job in queue default: m6\n"));
  CHECK(stint({"submit", "noop", "-q", "vidoe", "--id", "lost"}).code == 0);
  CHECK(has(stint({"job", "show", "lost", "-q", "vidoe"}).out,
            "no live worker serves the queue vidoe; the nearest is video"));
}

TEST_CASE("stint job show: that a job wrote a log, and how to read it") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("quiet"), test::job_spec("tells")});
  auto given = stint.hand.claim("w", 2);
  LogBatch log{"tells", given.at(0).token, {}, {"1763661387123 1 a", "1763661387124 1 b"}};
  (void)stint.hand.run(append_log(stint.hand.keys, std::vector<LogBatch>{log}));
  CHECK(has(stint({"job", "show", "tells"}).out, "log        2 lines: stint job logs tells\n"));
  CHECK_FALSE(has(stint({"job", "show", "quiet"}).out, "stint job logs"));
}

TEST_CASE("stint job list and count: the cancelled ones can be asked for, as they are called") {
  StintCalls stint;
  stint.ended_job("fine", EndKind::kOk);
  stint.hand.submit({test::job_spec("stopped")});
  CHECK(stint({"job", "cancel", "stopped"}).code == 0);
  CHECK(lines_of(stint({"job", "list", "--state", "done"}).out).size() == 3);
  auto list = lines_of(stint({"job", "list", "--state", "cancelled"}).out);
  REQUIRE(list.size() == 2);
  CHECK(list[1].starts_with("stopped  cancelled"));
  CHECK(stint({"job", "count", "--state", "cancelled"}).out == "1\n");
  CHECK(has(stint({"job", "delete", "--state", "cancelled", "--dry-run"}).err,
            "would delete 1 cancelled job"));
  CHECK(stint({"job", "retry", "--state", "cancelled", "--yes"}).code == 0);
  CHECK(stint.job("stopped", "/state") == "pending");
  CHECK(stint.job("fine", "/state") == "done");
}

TEST_CASE("stint stats and queue list: since when the job that is next waits") {
  StintCalls stint;
  CHECK(json_at(stint({"stats", "--json"}).out, "/next_created_at") == "null");
  CHECK_FALSE(has(stint({"stats"}).out, "was submitted"));
  stint.hand.submit({test::job_spec("next"), test::job_spec("dead")});
  for (int i = 0; i < 40; ++i) {
    stint.hand.submit({test::job_spec("gone-" + std::to_string(i))});
  }
  stint.hand.submit({test::job_spec("last")});
  CHECK(json_at(stint({"stats", "--json"}).out, "/next_created_at") ==
        stint.job("next", "/created_at"));
  stint.hand.remove("next");
  stint.hand.remove("dead");
  for (int i = 0; i < 40; ++i) {
    stint.hand.remove("gone-" + std::to_string(i));
  }
  CHECK(json_at(stint({"stats", "--json"}).out, "/next_created_at") ==
        stint.job("last", "/created_at"));
  CHECK(has(stint({"stats"}).out, "pending                 1  the next was submitted "));
  CHECK(has(lines_of(stint({"queue", "list"}).out).at(1), " ago "));
}

TEST_CASE("stint: escapes are for terminals that know them, and for who wants colour") {
  StintCalls stint;
  stint.ended_job("a", EndKind::kError);
  auto drawn = [&stint](const std::string& env, const std::string& words) {
    std::string line = env + " " + test::bin_dir() + "/stint " + words;
    return has(test::run(stint.spawn({"script", "-qec", line, "/dev/null"})).out, "\033");
  };
  for (const std::string words : {"job list", "job count --by task", "job show a"}) {
    INFO(words);
    CHECK(drawn("env -u NO_COLOR TERM=xterm", words));
    CHECK_FALSE(drawn("env -u NO_COLOR TERM=dumb", words));
    CHECK_FALSE(drawn("env NO_COLOR=1 TERM=xterm", words));
    CHECK_FALSE(drawn("env -u NO_COLOR TERM=xterm", words + " --no-color"));
  }
}

TEST_CASE("stint stats --watch: again every second, until Ctrl-C ends it with 130") {
  StintCalls stint;
  test::Spawn call = stint.spawn({test::bin_dir() + "/stint", "stats", "--watch"});
  call.env["TERM"] = "xterm";
  test::Terminal terminal(call);
  REQUIRE(terminal.shows("pending                 0"));
  stint.hand.submit({test::job_spec("a")});
  REQUIRE(terminal.shows("pending                 1"));
  REQUIRE(terminal.shows("trimmed"));
  CHECK(has(terminal.seen(), "\033[H\033[2J"));
  terminal.type("\x03");
  CHECK(terminal.wait() == 130);
  // As it comes, for who reads along.
  auto piped = test::run(stint.spawn(
      {"bash", "-c", test::bin_dir() + "/stint stats --watch --json | head -n 2 | grep -c queue"}));
  CHECK(piped.out == "2\n");
}

TEST_CASE("stint: output that nobody could be given is exit 1, however much it is") {
  StintCalls stint;
  JobSpec large = test::job_spec("large");
  large.params = "\"" + std::string(100'000, 'x') + "\"";
  stint.hand.submit({large});
  for (const std::string words : {"job list", "job show large --json", "--help", "queue list"}) {
    INFO(words);
    auto full =
        test::run(stint.spawn({"sh", "-c", test::bin_dir() + "/stint " + words + " >/dev/full"}));
    CHECK(full.code == 1);
    CHECK(full.err == "stint: cannot write to stdout: what was asked is done\n");
  }
}
