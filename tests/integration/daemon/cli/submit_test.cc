// stint submit, one job.
#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::has;
using test::StintCalls;

TEST_CASE("stint submit: the job is queued and its id printed, alone") {
  StintCalls stint;
  auto ended = stint({"submit", "resize", "-p", "{}", "--id", "a", "--quiet"});
  CHECK(ended.code == 0);
  CHECK(ended.out == "a\n");
  CHECK(ended.err.empty());
  CHECK(stint.server.command({"SMEMBERS", "stint:queues"}) == "default");
  CHECK(stint.server.command({"HGET", "stint:meta", "format"}) == "1");
}

TEST_CASE("stint submit --json: id, queue, created and state") {
  StintCalls stint;
  auto now = stint({"submit", "t", "--json", "--id", "a", "-q", "video"});
  CHECK(now.out == "{\"id\":\"a\",\"queue\":\"video\",\"created\":true,\"state\":\"pending\"}\n");
  auto later = stint({"--json", "submit", "t", "--id", "b", "--delay", "1h"});
  CHECK(later.out ==
        "{\"id\":\"b\",\"queue\":\"default\",\"created\":true,\"state\":\"scheduled\"}\n");
}

TEST_CASE("stint submit: parameters come back byte for byte") {
  StintCalls stint;
  for (const std::string params :
       {R"({"n":9223372036854775807,"f":1.0,"e":[],"o":{},"u":"ä€😀\u00e4","s":"\/"})", "[1.0]",
        "[]", "-0.0", "\"\"", "[ 1,\n 2 ]"}) {
    INFO(params);
    CHECK(stint({"submit", "t", "--id", "a", "-p", params, "--quiet"}).code == 0);
    CHECK(has(stint({"job", "show", "a", "--json"}).out, "\"params\":" + params + ","));
    CHECK(stint({"job", "delete", "a"}).code == 0);
  }
  CHECK(stint({"submit", "t", "--id", "f", "--params-file", "-", "-q", "q"}, "{\"a\":1}\n").code ==
        0);
  CHECK(has(stint({"job", "show", "f", "--json", "-q", "q"}).out, "\"params\":{\"a\":1},"));
}

TEST_CASE("stint submit: large parameters are kept apart and come back") {
  StintCalls stint;
  std::string params = "\"" + std::string(900'000, 'x') + "\"";
  CHECK(stint({"submit", "t", "--id", "a", "--params-file", "-"}, params).code == 0);
  CHECK(has(stint({"job", "show", "a", "--json"}).out, "\"params\":" + params + ","));
}

TEST_CASE("stint submit: a known id is not queued twice, and the reply says where it is") {
  StintCalls stint;
  CHECK(stint({"submit", "t", "--id", "a", "-p", "1"}).code == 0);
  auto again = stint({"submit", "t", "--id", "a", "-p", "1", "--json"});
  CHECK(again.code == 0);
  CHECK(has(again.out, "\"created\":false,\"state\":\"pending\""));
  CHECK(has(again.err, "a is pending"));
  CHECK(stint.server.command({"LLEN", "stint:{default}:pending"}) == "1");
}

TEST_CASE("stint submit: other content under a known id is an error") {
  StintCalls stint;
  CHECK(stint({"submit", "t", "--id", "a", "-p", "1"}).code == 0);
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"submit", "t", "--id", "a", "-p", "2"},
        {"submit", "u", "--id", "a", "-p", "1"},
        {"submit", "t", "--id", "a", "-p", "1", "-r", "x"}}) {
    auto ended = stint(other);
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK(has(ended.err, "the id a is known (pending) with another task, resource or parameters"));
  }
}

TEST_CASE("stint submit --again: a job that has ended runs once more") {
  StintCalls stint;
  stint.ended_job("a", EndKind::kError);
  CHECK(has(stint({"submit", "noop", "--id", "a", "--json"}).out,
            "\"created\":false,\"state\":\"failed\""));
  CHECK(has(stint({"submit", "noop", "--id", "a", "--again", "--json"}).out,
            "\"created\":true,\"state\":\"pending\""));
}

TEST_CASE("stint submit: who runs it is said where nobody does, with the nearest name") {
  StintCalls stint;
  CHECK(
      has(stint({"submit", "resize", "--id", "a"}).err, "no live worker serves the queue default"));
  stint.announce({"resize", "echo"});
  CHECK(stint({"submit", "resize", "--id", "b"}).err.empty());
  CHECK(has(stint({"submit", "resise", "--id", "c"}).err,
            "no live worker of the queue default lists the task resise; did you mean resize? A job "
            "of it fails as unknown-task when it is taken; stint job retry runs it"));
  CHECK_FALSE(has(stint({"submit", "resise", "--id", "d"}).err, "queued"));
}

TEST_CASE("stint submit: wrong words end with 2 and queue nothing") {
  StintCalls stint;
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"submit"},
        {"submit", "a b"},
        {"submit", "t", "-p", "{"},
        {"submit", "t", "--delay", "1h", "--at", "2030-01-01T00:00:00Z"},
        {"submit", "t", "--delay", "5"},
        {"submit", "t", "--retries", "x"},
        {"submit", "t", "--id", "a\tb"},
        {"submit", "t", "u"},
        {"submit", "t", "--wait=soon"},
        {"submit", "--bulk", "-", "t"}}) {
    INFO(wrong.back());
    auto ended = stint(wrong);
    CHECK(ended.code == 2);
    CHECK(ended.err.starts_with("stint: "));
    CHECK(test::lines_of(ended.err).size() == 1);
  }
  CHECK(stint.server.command({"KEYS", "*"}).empty());
}

TEST_CASE("stint: a bad value is said in one line with its option") {
  StintCalls stint;
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"submit", "t", "--retries", "abc"}, "--retries: abc is not a number"},
      {{"submit", "t", "--retries", "1.5"}, "--retries: 1.5 is not a whole number"},
      {{"submit", "t", "--retries", "99999999999"}, "--retries: 99999999999 is out of range"},
      {{"submit", "t", "--retries"}, "--retries: its value is missing"},
      {{"submit", "t", "--retries", "1", "--retries", "2"}, "--retries: is given more than once"},
      {{"submit", "t", "--crash-limit", "0"}, "--crash-limit: must be"},
      {{"submit", "t", "--lease", "5"}, "--lease: duration '5' has no unit"},
      {{"submit", "t", "--json=x"}, "--json: takes no value"},
      {{"job", "list", "--limit", "x"}, "--limit: x is not a number"},
      {{"rejected", "list", "--limit", "0"}, "--limit: at least 1"}};
  for (const auto& [words, line] : cases) {
    INFO(line);
    auto ended = stint(words);
    CHECK(ended.code == 2);
    CHECK(ended.err.starts_with("stint: " + line));
    CHECK(test::lines_of(ended.err).size() == 1);
  }
}

TEST_CASE(
    "stint submit: a Redis that evicts is refused as stintd refuses it, and can be looked at") {
  test::RedisOptions options;
  options.extra = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"};
  StintCalls stint(options);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"submit", "t"}, {"submit", "--bulk", "-"}}) {
    auto refused = stint(words, "{\"task\":\"t\"}\n");
    CHECK(refused.code == 78);
    CHECK(refused.err ==
          "stint: Redis would throw jobs away when it is full: maxmemory-policy is allkeys-lru, "
          "stint needs noeviction\n");
  }
  CHECK(stint.server.command({"DBSIZE"}) == "0");
  CHECK(stint({"stats"}).code == 0);
}

TEST_CASE("stint submit: a user who may not ask for INFO submits all the same") {
  test::RedisOptions options;
  options.tcp = true;
  options.user = "jobs";
  options.password = "pw";
  StintCalls stint(options);
  stint.server.command({"ACL", "SETUSER", "jobs", "-info"});
  CHECK(stint({"submit", "t", "--id", "a"}).code == 0);
}

TEST_CASE("stint: unknown verbs and options name the nearest known one") {
  StintCalls stint;
  auto verb = stint({"sumbit", "t"});
  CHECK(verb.code == 2);
  CHECK(has(verb.err, "did you mean submit?"));
  auto inner = stint({"job", "sohw", "a"});
  CHECK(inner.code == 2);
  CHECK(has(inner.err, "did you mean show?"));
  auto option = stint({"submit", "t", "--retires", "3"});
  CHECK(option.code == 2);
  CHECK(has(option.err, "unknown option --retires of stint submit; did you mean --retries?"));
  CHECK(stint({}).code == 2);
  CHECK(stint({"job"}).code == 2);
  CHECK(stint({"submit", "--help"}).code == 0);
}

TEST_CASE("stint: a word after the verb is never taken for another verb") {
  StintCalls stint;
  CHECK(stint({"submit", "stats", "--id", "[a,b]", "-p", "[1]", "--quiet"}).out == "[a,b]\n");
  CHECK(stint.job("[a,b]", "/task") == "stats");
  CHECK(stint.job("[a,b]", "/params") == "[1]");
}

TEST_CASE("stint submit --wait: prints the result, exit 5 if the job failed, 6 on time-out") {
  StintCalls stint;
  auto late = stint({"submit", "noop", "--id", "late", "--wait=50ms"});
  CHECK(late.code == 6);
  CHECK(late.out.empty());
  CHECK(has(late.err, "late goes on"));
  auto late_json = stint({"--json", "submit", "noop", "--wait=50ms"});
  CHECK(late_json.code == 6);
  CHECK(test::json_at(late_json.out, "/state") == "pending");
  CHECK(test::json_at(late_json.out, "/outcome") == "null");
  CHECK(has(late_json.err, test::json_at(late_json.out, "/id") + " goes on"));
  CHECK(stint({"job", "delete", test::json_at(late_json.out, "/id")}).code == 0);
  CHECK(stint({"job", "delete", "late"}).code == 0);

  auto run_one = [&stint](const std::string& id, EndKind kind) {
    test::Process call(stint.spawn(
        {test::bin_dir() + "/stint", "submit", "noop", "--id", id, "--keep", "0", "--wait"}));
    std::vector<stint::Ended> given;
    CHECK(test::eventually(test::kSoon, [&] {
      given = stint.hand.claim("w", 1);
      return !given.empty();
    }));
    for (auto& job : given) {
      job.limits.keep = milliseconds{60'000};
      stint.hand.end(job, kind);
    }
    auto code = call.wait(test::kSoon);
    return std::make_pair(code.value_or(-1), call.out());
  };
  CHECK(run_one("good", EndKind::kOk) == std::make_pair(0, std::string("{}\n")));
  CHECK(run_one("bad", EndKind::kError) == std::make_pair(5, std::string()));
  // An awaited job says itself that it is kept long enough to be seen.
  CHECK(has(stint.server.command({"HGET", "stint:{default}:jobs", "good"}), " keep=60000"));
}
