// stint job show, list, count, wait, logs; stats, queue, worker: what is printed.
#include <signal.h>

#include <thread>

#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::has;
using test::json_at;
using test::lines_of;
using test::StintCalls;

TEST_CASE("stint job show: every state has its fields") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs", "r"), test::job_spec("blocked", "r")});
  auto given = stint.hand.claim("w", 2);
  REQUIRE(given.size() == 1);
  CHECK(stint.job("runs", "/state") == "active");
  CHECK(stint.job("runs", "/worker") == "w");
  CHECK(stint.job("runs", "/token") == std::to_string(given[0].token));
  CHECK(stint.job("runs", "/attempt") == "1");
  CHECK(stint.job("blocked", "/state") == "blocked");
  CHECK(stint.job("blocked", "/blocked_by") == "runs");
  CHECK(stint.job("blocked", "/token") == "null");
  stint.ended_job("fine", EndKind::kOk);
  CHECK(stint.job("fine", "/outcome") == "succeeded");
  CHECK(stint.job("fine", "/result") == "{}");
  stint.ended_job("bad", EndKind::kTimeout);
  CHECK(stint.job("bad", "/outcome") == "failed");
  CHECK(stint.job("bad", "/errors/0/kind") == "timeout");
  CHECK(stint.job("bad", "/errors/0/signal") == "null");
}

TEST_CASE("stint job show: why a job has failed for good") {
  StintCalls stint;
  auto why = [&stint](const std::string& id) {
    return lines_of(stint({"job", "show", id}).out).back();
  };
  auto fail = [&stint](const std::string& id, EndKind kind) {
    JobSpec spec = test::job_spec(id);
    spec.limits.retries = kind == EndKind::kUnknownTask ? 5 : 0;
    stint.hand.submit({spec});
    stint.hand.end(stint.hand.claim("w", 1).at(0), kind);
  };
  fail("error", EndKind::kError);
  CHECK(has(why("error"), "no retries are left; stint job retry error runs it again"));
  fail("crash", EndKind::kCrash);
  CHECK(has(why("crash"), "it has failed for good; stint job retry crash runs it again"));
  fail("unknown", EndKind::kUnknownTask);
  CHECK(has(why("unknown"), "no worker had the task noop; once one has it: stint job retry"));
}

TEST_CASE("stint job show: one value, or one object a line, unknown ids end with 3") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a"), test::job_spec("b")});
  auto both = stint({"job", "show", "a", "b", "--json"});
  CHECK(lines_of(both.out).size() == 2);
  auto some = stint({"job", "show", "a", "nobody", "--json"});
  CHECK(some.code == 3);
  CHECK(lines_of(some.out).size() == 1);
  CHECK(has(some.err, "no such job in queue default: nobody"));
}

TEST_CASE("stint job show: the last line says why it does not run") {
  StintCalls stint;
  auto why = [&stint](const std::string& id) {
    return lines_of(stint({"job", "show", id}).out).back();
  };
  stint.hand.submit({test::job_spec("runs", "r"), test::job_spec("blocked", "r")});
  REQUIRE(stint.hand.claim("w", 2).size() == 1);
  CHECK(has(why("blocked"), "resource r is held by job runs"));
  stint.hand.submit({test::job_spec("waits")});
  CHECK(has(why("waits"), "no live worker serves the queue default"));
  stint.announce({"other"});
  CHECK(has(why("waits"), "no live worker lists the task noop"));
  stint.announce({"noop"});
  CHECK(has(why("waits"), "1 job of the queue"));
  stint.announce({"noop"}, "paused");
  CHECK(has(why("waits"), "the only worker of the queue is paused"));
  stint.announce({"noop"});
  CHECK(stint({"queue", "pause"}).code == 0);
  CHECK(has(why("waits"), "the queue is paused"));
  JobSpec later = test::job_spec("later");
  later.delay = milliseconds{3'600'000};
  stint.hand.submit({later});
  CHECK(has(why("later"), "due at 20"));
  CHECK(stint({"queue", "resume"}).code == 0);
  REQUIRE(stint.hand.claim("w", 1).size() == 1);
  stint.hand.submit({test::job_spec("behind")});
  CHECK(has(why("behind"), "all 2 slots are busy; 1 job of the queue is pending"));
}

TEST_CASE("stint job show: the commands that it names can be typed as they stand") {
  StintCalls stint;
  const std::string id = "it's $(id)";
  stint.ended_job(id, EndKind::kError);
  stint.ended_job("-f", EndKind::kError);
  auto why = [&stint](const std::vector<std::string>& words) {
    return lines_of(stint(words).out).back();
  };
  CHECK(has(why({"job", "show", "-q", "default", id}),
            R"(; stint job retry -q default 'it'\''s $(id)' runs it again)"));
  CHECK(has(why({"job", "show", "--", "-f"}), "; stint job retry -- -f runs it again"));
}

TEST_CASE("stint: a backtrace has its lines, tables and groups take the first, JSON is as it was") {
  StintCalls stint;
  for (const std::string id : {"a", "b"}) {
    stint.hand.submit({test::job_spec(id)});
    for (auto job : stint.hand.claim("w", 1)) {
      stint.hand.end(job, EndKind::kCrash, 0, "killed by SIGSEGV\n#0 0x" + id + "0\n#1 0x2");
    }
  }
  CHECK(has(stint({"job", "show", "a"}).out,
            "killed by SIGSEGV\n           #0 0xa0\n           #1 0x2\n"));
  CHECK(has(stint({"job", "wait", "a"}).out, "killed by SIGSEGV\n  #0 0xa0\n  #1 0x2\n"));
  CHECK(has(stint({"submit", "noop", "--id", "a", "--wait"}).err, "\n  #0 0xa0\n  #1 0x2\n"));
  auto list = stint({"job", "list"}).out;
  CHECK(lines_of(list).size() == 3);
  CHECK(has(list, "crash: killed by SIGSEGV\n"));
  CHECK(stint.job("a", "/errors/0/message") == "killed by SIGSEGV\n#0 0xa0\n#1 0x2");
  CHECK(json_at(lines_of(stint({"job", "list", "--json"}).out).front(), "/error") ==
        "killed by SIGSEGV\n#0 0xb0\n#1 0x2");
  auto groups = lines_of(stint({"job", "count", "--by", "kind,error", "--json"}).out);
  REQUIRE(groups.size() == 1);
  CHECK(json_at(groups[0], "/count") == "2");
  CHECK(json_at(groups[0], "/error") == "killed by SIGSEGV");
}

TEST_CASE("stint job list: newest first, fifty, and a cursor that goes on") {
  StintCalls stint;
  std::vector<JobSpec> specs;
  for (int i = 0; i < 70; ++i) {
    specs.push_back(test::job_spec("j" + std::to_string(i)));
  }
  stint.hand.submit(specs);
  auto first = lines_of(stint({"job", "list", "--json"}).out);
  REQUIRE(first.size() == 51);
  CHECK(json_at(first[0], "/id") == "j69");
  CHECK(json_at(first[49], "/id") == "j20");
  std::string after = json_at(first[50], "/after");
  auto rest = lines_of(stint({"job", "list", "--json", "--after", after}).out);
  REQUIRE(rest.size() == 20);
  CHECK(json_at(rest[0], "/id") == "j19");
  CHECK(json_at(rest[19], "/id") == "j0");
}

TEST_CASE("stint job list: places are merged by age, filters choose") {
  StintCalls stint;
  stint.ended_job("oldest", EndKind::kError);
  JobSpec later = test::job_spec("middle");
  later.delay = milliseconds{3'600'000};
  std::this_thread::sleep_for(milliseconds{2});
  stint.hand.submit({later});
  std::this_thread::sleep_for(milliseconds{2});
  stint.hand.submit({test::job_spec("newest", "r")});
  auto failed = lines_of(stint({"job", "list", "--state", "failed", "--json"}).out);
  REQUIRE(failed.size() == 1);
  CHECK(json_at(failed[0], "/id") == "oldest");
  CHECK(json_at(failed[0], "/error") == "no");
  CHECK(json_at(failed[0], "/kind") == "error");
  auto all = lines_of(stint({"job", "list", "--json"}).out);
  REQUIRE(all.size() == 3);
  CHECK(json_at(all[0], "/id") == "newest");
  CHECK(json_at(all[1], "/id") == "middle");
  CHECK(json_at(all[2], "/id") == "oldest");
  CHECK(lines_of(stint({"job", "list", "--resource", "r", "--json"}).out).size() == 1);
  CHECK(stint({"job", "list", "--task", "other", "--json"}).out.empty());
  CHECK(stint({"job", "list", "--since", "1h", "--json"}).out.size() > 10);
  CHECK(stint({"job", "list", "--until", "1h", "--json"}).out.empty());
  CHECK(stint({"job", "list", "--state", "faild"}).code == 2);
}

TEST_CASE("stint job count: by place without a look inside, and grouped") {
  StintCalls stint;
  for (int i = 0; i < 3; ++i) {
    stint.ended_job("e" + std::to_string(i), EndKind::kError);
  }
  stint.ended_job("c", EndKind::kCrash);
  stint.hand.submit({test::job_spec("waits")});
  CHECK(stint({"job", "count"}).out == "5\n");
  CHECK(stint({"job", "count", "--state", "failed", "--json"}).out == "{\"count\":4}\n");
  CHECK(stint({"job", "count", "--kind", "crash"}).out == "1\n");
  auto some = stint({"job", "count", "c", "nobody"});
  CHECK(some.out == "1\n");
  CHECK(some.code == 3);
  CHECK(has(some.err, "no such job in queue default: nobody"));
  auto groups = lines_of(
      stint({"job", "count", "--state", "failed", "--by", "task,kind,error", "--json"}).out);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0] == R"({"count":3,"task":"noop","kind":"error","error":"no"})");
  CHECK(groups[1] == R"({"count":1,"task":"noop","kind":"crash","error":"no"})");
}

TEST_CASE("stint job wait: ends with the worst of its jobs") {
  StintCalls stint;
  stint.ended_job("fine", EndKind::kOk);
  stint.ended_job("bad", EndKind::kError);
  stint.hand.submit({test::job_spec("waits")});
  CHECK(stint({"job", "wait", "fine"}).code == 0);
  auto bad = stint({"job", "wait", "fine", "bad"});
  CHECK(bad.code == 5);
  CHECK(bad.out == "fine  succeeded\nbad  failed  error: no\n");
  CHECK(stint({"job", "wait", "nobody"}).code == 3);
  auto late = stint({"job", "wait", "fine", "waits", "--for", "50ms"});
  CHECK(late.code == 6);
  CHECK(has(late.err, "1 ended, 1 job still on the way"));
  CHECK(json_at(stint({"job", "wait", "fine", "--json"}).out, "/outcome") == "succeeded");
  CHECK(stint({"job", "wait", "fine", "--for", "5"}).code == 2);
  stint.server.command({"HSET", "stint:{default}:outcomes", "refused",
                        R"({"state":"rejected","reason":"no task"})"});
  auto refused = stint({"job", "wait", "refused", "--json"});
  CHECK(json_at(refused.out, "/outcome") == "rejected");
  CHECK(json_at(refused.out, "/errors/0/message") == "no task");
}

TEST_CASE("stint job wait: SIGINT ends it with 130 and says how far it came") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("waits")});
  stint.server.command({"CONFIG", "RESETSTAT"});
  test::Process call(stint.spawn({test::bin_dir() + "/stint", "job", "wait", "waits"}));
  auto asked = [&stint] {
    return has(stint.server.command({"INFO", "commandstats"}), "cmdstat_llen");
  };
  CHECK(test::eventually(test::kSoon, asked));
  call.signal(SIGINT);
  CHECK(call.wait(test::kSoon) == 130);
  CHECK(has(call.err(), "interrupted: 0 ended, 1 job still on the way"));
}

TEST_CASE("stint job wait: an end that nobody knows is no success") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("k1")});
  auto job = stint.hand.claim("w", 1).at(0);
  job.limits.keep = milliseconds{0};
  stint.server.command({"CONFIG", "RESETSTAT"});
  test::Process call(stint.spawn({test::bin_dir() + "/stint", "job", "wait", "k1", "--quiet"}));
  REQUIRE(test::eventually(test::kSoon, [&stint] {  // a second look: it has seen the job
    std::string stats = stint.server.command({"INFO", "commandstats"});
    return has(stats, "cmdstat_llen:") && !has(stats, "cmdstat_llen:calls=1,");
  }));
  CHECK(stint({"job", "cancel", "k1"}).code == 0);
  stint.hand.end(job, EndKind::kCancelled);
  CHECK(call.wait(test::kSoon) == 1);
  CHECK(has(call.err(), "k1 has ended and was not kept: how it ended is not known"));
}

TEST_CASE("stint job logs: the lines of a job with their times") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs")});
  auto given = stint.hand.claim("w", 1);
  LogBatch log{
      given.at(0).id, given.at(0).token, {}, {"1763661387123 1 hello", "1763661387124 1 \"x\""}};
  (void)stint.hand.run(append_log(stint.hand.keys, std::vector<LogBatch>{log}));
  CHECK(stint({"job", "logs", "runs"}).out ==
        "2025-11-20T17:56:27.123Z  1  hello\n2025-11-20T17:56:27.124Z  1  \"x\"\n");
  CHECK(lines_of(stint({"job", "logs", "runs", "--json"}).out).at(1) ==
        R"({"id":"runs","number":2,"at":"2025-11-20T17:56:27.124Z","attempt":1,"text":"\"x\""})");
  CHECK(stint({"job", "logs", "nobody"}).code == 3);
}

TEST_CASE("stint job logs: a log of another type is said, and the others are shown") {
  StintCalls stint;
  stint.ended_job("a", EndKind::kOk);
  stint.ended_job("b", EndKind::kOk);
  stint.server.command({"SET", "stint:{default}:log:a", "no list"});
  stint.server.command({"RPUSH", "stint:{default}:log:b", "1 1700000000000 1 a line"});
  stint.server.command({"HSET", "stint:{default}:logs", "a", "1 1", "b", "1 8"});
  for (const bool follow : {false, true}) {
    auto call = follow ? std::vector<std::string>{"job", "logs", "-f", "a", "b"}
                       : std::vector<std::string>{"job", "logs", "a", "b"};
    auto logs = stint(call);
    CHECK(logs.code == 1);
    CHECK(has(logs.out, "a line\n"));
    CHECK(has(logs.err, "stint: a: a key is not of the type that stint gave it"));
  }
}

TEST_CASE("stint stats and queue list: the public fields, in order") {
  StintCalls stint;
  stint.ended_job("bad", EndKind::kError);
  stint.ended_job("fine", EndKind::kOk);
  stint.hand.submit({test::job_spec("waits"), test::job_spec("dead")});
  stint.hand.remove("dead");
  const std::string expected =
      R"({"queue":"default","paused":false,"known":3,"pending":1,"active":0,"scheduled":0,"blocked":0,)"
      R"("failed":1,"done":1,"inbox":0,"rejected":0,"submitted":4,"succeeded":1,"failures":1,)"
      R"("attempts":2,"retried":0,"crashed":0,"lost":0,"trimmed":0,"next_created_at":")" +
      stint.job("waits", "/created_at") + "\"}\n";
  CHECK(stint({"stats", "--json"}).out == expected);
  CHECK(stint({"queue", "list", "--json"}).out == expected);
  // What a worker was served, and has not claimed yet, is still the next.
  stint.server.command(
      {"LMOVE", "stint:{default}:pending", "stint:{default}:reserved", "RIGHT", "LEFT"});
  CHECK(stint({"queue", "list", "--json"}).out == expected);
  stint.server.command({"SADD", "stint:queues", "a", "b"});
  CHECK(lines_of(stint({"queue", "list", "--json"}).out).size() == 2);
  CHECK(lines_of(stint({"queue", "list", "a", "--json"}).out).size() == 1);
}

TEST_CASE("stint queue pause and resume: one queue, by name or option") {
  StintCalls stint;
  stint.server.command({"SADD", "stint:queues", "video"});
  CHECK(stint({"queue", "pause", "video", "--json"}).out ==
        "{\"queue\":\"video\",\"paused\":true}\n");
  CHECK(json_at(stint({"stats", "-q", "video", "--json"}).out, "/paused") == "true");
  CHECK(stint({"queue", "resume", "-q", "video"}).code == 0);
  CHECK(json_at(stint({"stats", "-q", "video", "--json"}).out, "/paused") == "false");
  CHECK(has(stint({"queue", "pause", "vidoe"}).err, "did you mean video?"));
}

TEST_CASE("stint queue list: a queue that is only paused is in it, resuming makes none") {
  StintCalls stint;
  stint.server.command({"SADD", "stint:queues", "video"});
  CHECK(stint({"queue", "pause", "mail"}).code == 0);
  CHECK(stint({"queue", "resume", "other"}).code == 0);
  auto lines = lines_of(stint({"queue", "list", "--json"}).out);
  REQUIRE(lines.size() == 2);
  CHECK(json_at(lines[0], "/queue") == "mail");
  CHECK(json_at(lines[0], "/paused") == "true");
}

TEST_CASE("stint queue pause: works also where Redis is full") {
  test::RedisOptions options;
  options.extra = {"--maxmemory", "1kb"};
  StintCalls stint(options);
  CHECK(stint({"queue", "pause"}).code == 0);
  CHECK(stint.server.command({"EXISTS", "stint:{default}:paused"}) == "1");
}

TEST_CASE("stint rejected list: bytes that are not UTF-8 are given whole") {
  StintCalls stint;
  const std::string header = "\n{\"at\":\"\",\"from\":\"inbox\",\"reason\":\"r\"}\n";
  stint.server.command({"LPUSH", "stint:{default}:rejected", header + "a\xff\n" + "b"});
  stint.server.command({"LPUSH", "stint:{default}:rejected", header + "text"});
  auto listed = lines_of(stint({"rejected", "list", "--json"}).out);
  REQUIRE(listed.size() == 2);
  CHECK(json_at(listed[0], "/entry") == "text");
  CHECK(json_at(listed[0], "/entry_base64") == "null");
  CHECK(json_at(listed[1], "/entry_base64") == "Yf8KYg==");
  CHECK(has(stint({"rejected", "delete", "--limit", "1"}).err, "delete 1 rejected entry of queue"));
}

TEST_CASE("stint job show: the time of the claim also where the token runs ahead of the clock") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a")});
  (void)stint.hand.run(epoch(stint.hand.keys, "another"));
  auto given = stint.hand.claim("w", 1);
  CHECK(stint.job("a", "/started_at").starts_with("20"));
  Beat beat{"a", given.at(0).token, true, Limits{}};
  (void)stint.hand.run(heartbeat(stint.hand.keys, "w", std::vector<Beat>{beat}));
  CHECK(stint.job("a", "/started_at").starts_with("20"));
}

TEST_CASE("stint worker list: who lives and what it has") {
  StintCalls stint;
  CHECK(stint({"worker", "list", "--json"}).out.empty());
  stint.announce({"echo", "resize"});
  auto line = stint({"worker", "list", "--json"}).out;
  CHECK(line.starts_with(
      R"({"id":"h-7.1","host":"h","pid":7,"version":"1","queues":["default"],"slots":2,"tasks":["echo","resize"],"state":"running","jobs":5,"rss":1024,"started_at":"2026-11-20T20:00:00.000Z","seen_at":")"));
}

TEST_CASE("stint job list and wait: an error before a success is not shown as its reason") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("a")});
  stint.hand.end(stint.hand.claim("w", 1).at(0), EndKind::kError);
  CHECK(stint({"job", "retry", "a"}).code == 0);
  stint.hand.end(stint.hand.claim("w", 1).at(0), EndKind::kOk);
  CHECK(stint({"job", "wait", "a"}).out == "a  succeeded\n");
  CHECK(json_at(stint({"job", "list", "--json"}).out, "/error") == "null");
  CHECK(stint.job("a", "/errors/0/kind") == "error");
}
