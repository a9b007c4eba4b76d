// stint job retry, delete, cancel.
#include <signal.h>

#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"
#include "tests/support/slow_proxy.h"
#include "tests/support/terminal.h"

using namespace stint;
using test::has;
using test::StintCalls;

TEST_CASE("stint job retry: failed jobs go back with their errors, others are refused") {
  StintCalls stint;
  stint.ended_job("a", EndKind::kError);
  stint.hand.submit({test::job_spec("waits")});
  auto ended = stint({"job", "retry", "a", "waits", "nobody"});
  CHECK(ended.code == 3);
  CHECK(ended.out == "a: retried: is pending\n");
  CHECK(has(ended.err, "waits: is pending: only failed jobs are retried"));
  CHECK(has(ended.err, "no such job in queue default: nobody"));
  CHECK(stint.job("a", "/state") == "pending");
  CHECK(stint.job("a", "/errors/0/kind") == "error");
  CHECK(stint({"job", "retry", "waits"}).code == 1);
}

TEST_CASE("stint job: an id that is said twice is meant once") {
  StintCalls stint;
  stint.ended_job("a", EndKind::kError);
  CHECK(stint({"job", "retry", "a", "a", "--dry-run"}).out == "a\n");
  auto retried = stint({"job", "retry", "a", "a"});
  CHECK(retried.code == 0);
  CHECK(retried.out == "a: retried: is pending\n");
  CHECK(retried.err.empty());
}

TEST_CASE("stint job retry: a filter means failed jobs, and only those that match") {
  StintCalls stint;
  for (int i = 0; i < 120; ++i) {
    stint.ended_job("e" + std::to_string(i), EndKind::kError);
  }
  stint.ended_job("crashed", EndKind::kCrash);
  stint.ended_job("fine", EndKind::kOk);
  auto dry = stint({"job", "retry", "--kind", "crash", "--dry-run"});
  CHECK(dry.code == 0);
  CHECK(dry.out == "crashed\n");
  auto ended = stint({"job", "retry", "--kind", "error", "--yes", "--json"});
  CHECK(ended.code == 0);
  CHECK(ended.out == "{\"matched\":120,\"done\":120,\"asked\":0,\"skipped\":0,\"refused\":0}\n");
  CHECK(stint.job("crashed", "/state") == "failed");
  CHECK(stint.job("fine", "/state") == "done");
  // The oldest failure is the first to be taken again.
  CHECK(stint.server.command({"LINDEX", "stint:{default}:pending", "-1"}) == "e0");
}

TEST_CASE("stint: a script's variable that was never set is not taken for everything") {
  StintCalls stint;
  stint.ended_job("failed", EndKind::kError);
  stint.hand.submit({test::job_spec("waits")});
  stint.server.command({"LPUSH", "stint:{default}:rejected", "\n{\"reason\":\"no\"}\nraw"});
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"job", "delete", "--error", "", "--yes"}, "--error"},
      {{"job", "cancel", "--resource", "", "--yes"}, "--resource"},
      {{"job", "retry", "--task", "", "--yes"}, "--task"},
      {{"job", "delete", ""}, "ID"},
      {{"rejected", "delete", "--error", "", "--yes"}, "--error"},
      {{"queue", "purge", "", "--yes"}, "NAME"},
      {{"queue", "pause", ""}, "NAME"},
      {{"queue", "purge", "-q", "", "--yes"}, "--queue"},
      {{"submit", "t", "-r", ""}, "--resource"},
      {{"submit", ""}, "TASK"},
      {{"job", "list", "--redis", ""}, "--redis"},
      {{"job", "list", "--error="}, "--error"}};
  for (const auto& [words, what] : cases) {
    INFO(words.at(1) << " " << what);
    auto ended = stint(words);
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "stint: " + what + ": "));
    CHECK(ended.out.empty());
  }
  CHECK(stint.job("failed", "/state") == "failed");
  CHECK(stint.job("waits", "/state") == "pending");
  CHECK(stint.server.command({"LLEN", "stint:{default}:rejected"}) == "1");
  CHECK(stint.server.command({"HLEN", "stint:{default}:jobs"}) == "2");
}

TEST_CASE("stint job retry --spread: not all at once") {
  StintCalls stint;
  for (int i = 0; i < 20; ++i) {
    stint.ended_job("e" + std::to_string(i), EndKind::kError);
  }
  CHECK(stint({"job", "retry", "--all", "--yes", "--spread", "1h"}).code == 0);
  CHECK(std::stoi(stint.server.command({"ZCARD", "stint:{default}:scheduled"})) > 10);
}

TEST_CASE("stint job retry --state done: jobs that succeeded run again") {
  StintCalls stint;
  stint.ended_job("fine", EndKind::kOk);
  CHECK(stint({"job", "retry", "fine"}).code == 1);
  CHECK(stint({"job", "retry", "fine", "--state", "done"}).code == 0);
  CHECK(stint.job("fine", "/state") == "pending");
}

TEST_CASE("stint job delete: deleted jobs do not come back, an active one only by force") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs")});
  auto given = stint.hand.claim("w", 1);
  stint.ended_job("bad", EndKind::kError);
  auto refused = stint({"job", "delete", "runs", "bad"});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "runs: is active: --force cancels it first"));
  CHECK(refused.out == "bad: deleted\n");
  CHECK(stint({"job", "show", "bad"}).code == 3);
  auto forced = stint({"job", "delete", "runs", "--force", "--json"});
  CHECK(forced.code == 0);
  CHECK(forced.out == "{\"id\":\"runs\",\"answer\":\"asked\",\"state\":\"active\"}\n");
  stint.hand.end(given.at(0), EndKind::kCancelled);
  CHECK(stint({"job", "show", "runs"}).code == 3);
}

TEST_CASE("stint job cancel: waiting jobs end at once as cancelled, ended ones are refused") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("waits")});
  CHECK(stint({"job", "cancel", "waits"}).code == 0);
  CHECK(stint.job("waits", "/state") == "done");
  CHECK(stint.job("waits", "/outcome") == "cancelled");
  CHECK(stint({"job", "cancel", "waits"}).code == 1);
}

TEST_CASE("stint job: bulk work needs --yes where nobody can be asked, and a choice") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a"), test::job_spec("b")});
  auto unasked = stint({"job", "delete", "--all"});
  CHECK(unasked.code == 2);
  CHECK(has(unasked.err, "delete 2 jobs of queue default?"));
  CHECK(has(unasked.err, "--yes"));
  CHECK(stint({"job", "delete"}).code == 2);
  CHECK(stint({"job", "delete", "a", "--all", "--yes"}).code == 2);
  CHECK(stint({"job", "retry", "--state", "pending", "--yes"}).code == 2);
  CHECK(stint({"job", "count"}).out == "2\n");
  CHECK(stint({"job", "delete", "--all", "--yes"}).out == "2 jobs deleted\n");
  CHECK(stint({"job", "count"}).out == "0\n");
}

TEST_CASE("stint job: Ctrl-C at the question ends with 130, any word but yes with 1") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a")});
  auto asked = [&stint](const std::string& keys) {
    test::Terminal call(stint.spawn({test::bin_dir() + "/stint", "job", "delete", "--all"}));
    CHECK(call.shows("delete 1 job of queue default? [y/N] "));
    call.type(keys);
    int code = call.wait();
    return std::make_pair(code, call.seen());
  };
  auto [code, seen] = asked("\x03");
  CHECK(code == 130);
  CHECK(has(seen, "stint: interrupted: nothing was done"));
  CHECK(asked("n\n").first == 1);
  CHECK(stint({"job", "count"}).out == "1\n");
  CHECK(asked("y\n").first == 0);
  CHECK(stint({"job", "count"}).out == "0\n");
}

TEST_CASE("stint job: the question and the dry run count one job as one") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a")});
  CHECK(has(stint({"job", "delete", "--state", "pending", "--task", "noop"}).err,
            "delete 1 pending job with task noop of queue default?"));
  CHECK(has(stint({"job", "delete", "--all", "--dry-run"}).err, "would delete 1 job\n"));
}

TEST_CASE("stint job delete: what bulk work cannot delete is said, exit 1") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs")});
  REQUIRE(stint.hand.claim("w", 1).size() == 1);
  stint.hand.submit({test::job_spec("waits")});
  auto ended = stint({"job", "delete", "--all", "--yes"});
  CHECK(ended.code == 1);
  CHECK(has(ended.out, "1 job deleted"));
  CHECK(has(ended.err, "1 job refused: active"));
  CHECK(stint.job("runs", "/state") == "active");
}

TEST_CASE("stint job: a dry run says what the run would refuse, with its exit code") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs")});
  REQUIRE(stint.hand.claim("w", 1).size() == 1);
  stint.ended_job("bad", EndKind::kError);
  stint.hand.submit({test::job_spec("waits")});
  auto all = stint({"job", "delete", "--all", "--dry-run"});
  CHECK(all.code == 1);
  CHECK(all.out == "waits\nbad\n");
  CHECK(has(all.err, "would delete 2 jobs\n"));
  CHECK(has(all.err, "1 job would be refused: active; --force cancels them first"));
  auto forced = stint({"job", "delete", "--state", "active", "--force", "--dry-run"});
  CHECK(forced.code == 0);
  CHECK(forced.out == "runs\n");
  auto ids = stint({"job", "delete", "runs", "waits", "nobody", "--dry-run", "--json"});
  CHECK(ids.code == 3);
  CHECK(ids.out == "{\"id\":\"waits\",\"state\":\"pending\"}\n");
  CHECK(has(ids.err, "runs: is active: --force cancels it first"));
  CHECK(has(ids.err, "nobody: no such job"));
  CHECK(stint({"job", "retry", "waits", "--dry-run"}).code == 1);
  CHECK(stint({"job", "retry", "bad", "--dry-run"}).code == 0);
  CHECK(stint({"job", "cancel", "bad", "--dry-run"}).code == 1);
  CHECK(stint({"job", "count"}).out == "3\n");
}

TEST_CASE("stint job cancel: dead copies in the list are not met again") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a"), test::job_spec("b")});
  stint.hand.remove("a");
  stint.hand.submit({test::job_spec("a")});
  auto ended = stint({"job", "cancel", "--all", "--yes", "--json"});
  CHECK(ended.out == "{\"matched\":2,\"done\":2,\"asked\":0,\"skipped\":0,\"refused\":0}\n");
}

TEST_CASE("stint job count: what was cancelled is counted apart, as list shows it") {
  StintCalls stint;
  stint.ended_job("fine", EndKind::kOk);
  stint.ended_job("bad", EndKind::kError);
  stint.hand.submit({test::job_spec("a"), test::job_spec("b")});
  CHECK(stint({"job", "cancel", "a", "b"}).code == 0);
  auto lines = test::lines_of(stint({"job", "count", "--by", "state", "--json"}).out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == R"({"count":2,"state":"cancelled"})");
  CHECK(stint({"job", "count", "--state", "cancelled"}).out == "2\n");
  CHECK(stint({"job", "count", "--state", "done"}).out == "3\n");
  CHECK(has(stint({"job", "list", "--state", "cancelled"}).out, "cancelled"));
  CHECK(has(stint({"--complete", "job", "list", "--state", ""}).out, "cancelled\n"));
}

TEST_CASE("stint queue purge: what waits is deleted, nothing else") {
  StintCalls stint;
  stint.ended_job("failed", EndKind::kError);
  stint.hand.submit({test::job_spec("runs", "r"), test::job_spec("blocked", "r")});
  REQUIRE(stint.hand.claim("w", 2).size() == 1);
  stint.hand.submit({test::job_spec("waits")});
  REQUIRE(stint({"submit", "noop", "--id", "later", "--delay", "1h"}).code == 0);
  CHECK(stint({"queue", "purge"}).code == 2);  // nobody can be asked
  auto dry = stint({"queue", "purge", "--dry-run"});
  CHECK(dry.code == 0);
  CHECK(test::lines_of(dry.out).size() == 3);
  auto ended = stint({"queue", "purge", "default", "--yes"});
  CHECK(ended.code == 0);
  CHECK(ended.out == "3 jobs deleted\n");
  CHECK(stint.job("runs", "/state") == "active");
  CHECK(stint.job("failed", "/state") == "failed");
  REQUIRE(stint({"submit", "noop", "--id", "kept"}).code == 0);
  for (const std::string verb : {"purge", "pause", "delete", "list"}) {
    auto both = stint({"queue", verb, "default", "-q", "video"});
    CHECK(both.code == 2);
    CHECK(has(both.err, "which queue, default or video? The name and --queue say different ones"));
  }
  CHECK(stint({"queue", "purge", "default", "-q", "default", "--dry-run"}).out == "kept\n");
  CHECK(stint({"job", "delete", "kept"}).code == 0);
  for (std::string id : {"waits", "blocked", "later"}) {
    CHECK(stint({"job", "show", id}).code == 3);
  }
  CHECK(stint({"doctor"}).code == 0);
}

TEST_CASE("stint queue delete: an empty queue leaves the list, whatever it was and did") {
  StintCalls stint;
  CHECK(stint({"queue", "pause", "vdieo"}).code == 0);
  stint.ended_job("a", EndKind::kError);
  CHECK(stint({"job", "delete", "a"}).code == 0);
  stint.hand.submit({test::job_spec("b")});
  CHECK(stint({"queue", "purge", "--yes"}).code == 0);  // leaves a dead copy in pending
  CHECK(has(stint({"queue", "delete", "vdieo"}).err, "delete queue vdieo? Nobody can be asked"));
  CHECK(stint({"queue", "delete", "vdieo", "--dry-run"}).out == "queue vdieo would be deleted\n");
  CHECK(stint({"queue", "delete", "vdieo", "--yes"}).out == "queue vdieo is deleted\n");
  auto json = stint({"queue", "delete", "-q", "default", "--yes", "--json"});
  CHECK(json.code == 0);
  CHECK(json.out == "{\"queue\":\"default\",\"deleted\":true}\n");
  CHECK(stint.server.command({"EXISTS", "stint:queues"}) == "0");
  CHECK(test::text_of(stint.hand.run(redis::plain({"KEYS", "stint:{*"})).view()) ==
        "stint:{default}:fence");
  auto again = stint({"queue", "delete", "vdieo", "--yes"});
  CHECK(again.code == 1);
  CHECK(again.err == "stint: no queue vdieo is known\n");
}

TEST_CASE("stint queue delete: not while it holds anything or somebody serves it") {
  StintCalls stint;
  auto refused = [&stint] {
    auto ended = stint({"queue", "delete", "default", "--yes"});
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK(stint({"queue", "delete", "default", "--dry-run"}).err == ended.err);
    return ended.err;
  };
  stint.hand.submit({test::job_spec("a")});
  stint.server.command({"SADD", "stint:queues", "default"});
  CHECK(has(refused(), "queue default is not deleted: it holds 1 job: "));
  auto given = stint.hand.claim("w", 1);
  CHECK(has(refused(), "it holds 1 job: "));
  stint.hand.end(given.front(), EndKind::kError);
  CHECK(has(refused(), "it holds 1 job: "));
  CHECK(stint({"job", "delete", "a"}).code == 0);
  stint.server.command({"LPUSH", "stint:{default}:inbox", "x", "y"});
  CHECK(has(refused(), "its inbox holds 2 entries that no daemon has taken"));
  stint.server.command({"DEL", "stint:{default}:inbox"});
  stint.server.command({"LPUSH", "stint:{default}:rejected", "a\n{}\nb"});
  CHECK(has(refused(), "1 rejected entry: stint rejected delete --all -q default"));
  stint.server.command({"DEL", "stint:{default}:rejected"});
  stint.announce({"t"});
  CHECK(has(refused(), "1 live worker serves it"));
  stint.server.command({"DEL", stint.hand.keys.worker("h-7.1")});
  CHECK(stint({"queue", "delete", "default", "--yes"}).code == 0);
  CHECK(stint({"queue", "delete"}).code == 2);
}

TEST_CASE("stint submit: a queue that was deleted is in the list again with its next job") {
  StintCalls stint;
  CHECK(stint({"submit", "t", "-q", "mail", "--id", "a"}).code == 0);
  CHECK(stint({"job", "delete", "a", "-q", "mail"}).code == 0);
  CHECK(stint({"queue", "delete", "mail", "--yes"}).code == 0);
  CHECK(stint({"submit", "t", "-q", "mail"}).code == 0);
  CHECK(has(stint({"queue", "list"}).out, "mail"));
}

TEST_CASE(
    "stint job: bulk work that is interrupted says how far it came, and goes on when called "
    "again") {
  StintCalls stint;
  constexpr int kJobs = 20'000;
  for (int from = 0; from < kJobs; from += 1000) {
    std::vector<JobSpec> specs;
    for (int i = from; i < from + 1000; ++i) {
      specs.push_back(test::job_spec("j" + std::to_string(i)));
    }
    stint.hand.submit(specs);
  }
  auto done = [&stint] {
    return std::stoi(stint.server.command({"ZCARD", "stint:{default}:done"}));
  };
  // So far away that it cannot come to its end before it hears of it.
  test::SlowProxy proxy(stint.server.socket(), milliseconds{10});
  auto call = stint.spawn({test::bin_dir() + "/stint", "job", "cancel", "--all", "--yes"});
  call.env["STINT_REDIS_URL"] = proxy.url_text();
  test::Process cancel(call);
  REQUIRE(test::eventually(test::kLong, [&] { return done() > 0; }));
  cancel.signal(SIGINT);
  CHECK(cancel.wait(test::kLong) == 130);
  int first = done();
  CHECK(first < kJobs);
  CHECK(has(cancel.err(), "interrupted: "));
  CHECK(has(cancel.err(), " jobs cancelled of 20,000"));
  auto again = stint({"job", "cancel", "--all", "--yes", "--json"});
  CHECK(again.code == 0);
  CHECK(test::json_at(again.out, "/done") == std::to_string(kJobs - first));
  CHECK(done() == kJobs);
}
