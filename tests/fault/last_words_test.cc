// What a task has said by log() right before its process died stands in its job's log, in order and
// once, though the worker tells Redis only once a second.
#include <utility>

#include <catch2/catch.hpp>

#include "common/queue/submit.h"
#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

std::vector<std::string> words(int first, int last) {
  std::vector<std::string> texts;
  for (int number = first; number <= last; ++number) {
    texts.push_back("words " + std::to_string(number));
  }
  return texts;
}

}  // namespace

TEST_CASE("last words: they stand in the log, whatever the process died of") {
  Daemon daemon;
  for (const char* how : {"segv", "abort", "kill", "_exit", "exit_0"}) {
    INFO(how);
    push(daemon, how, "last_words", std::string(R"({"how":")") + how + "\"}", R"("retries":0)");
    REQUIRE(ended_as(daemon, how) == "failed");
    CHECK(log_of(daemon, how) == words(1, 5));
  }
  CHECK(daemon.stint({"job", "logs", "segv"}).out.find("words 5") != std::string::npos);
  daemon.expect_healthy();
}

TEST_CASE("last words: of a task that is killed at its timeout too, also without a supervisor") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = GENERATE(1, 0);
  options.toml = "[tasks.last_words]\ntimeout = \"2s\"\ngrace = \"100ms\"\nretries = 0\n";
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  JobSpec spec;
  spec.id = "late";
  spec.task = "last_words";
  spec.params = R"({"how":"hang"})";
  REQUIRE(
      redis.client().run(submit(Keys("stint", "default"), new_nonce(), false, {&spec, 1})).ok());
  REQUIRE(ended_as(daemon, "late") == "failed");
  CHECK(json_at(outcome(daemon, "late"), "/reason") == "timeout");
  CHECK(log_of(daemon, "late") == words(1, 5));
}

TEST_CASE("last words: those that the worker had told Redis before stand there once") {
  Daemon daemon;
  push(daemon, "long", "last_words", R"({"how":"abort","lines":40,"ms":60})", R"("retries":0)");
  REQUIRE(ended_as(daemon, "long") == "failed");
  CHECK(log_of(daemon, "long") == words(1, 40));
}

TEST_CASE("last words: of more than is kept the newest stand there, and what is missing is said") {
  Daemon daemon;
  std::string text(100, 'x');
  push(daemon, "much", "last_words", R"({"how":"segv","lines":3000,"text":")" + text + "\"}",
       R"("retries":0)");
  REQUIRE(ended_as(daemon, "much") == "failed");
  auto lines = log_of(daemon, "much");
  REQUIRE(lines.size() > 200);
  // Before the gap, if any, stands what the worker had told Redis: a slow build tells it more.
  int number = 3000;
  bool gap = false;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->starts_with("[lines up to number ")) {
      REQUIRE_FALSE(std::exchange(gap, true));
      CHECK(*line == "[lines up to number " + std::to_string(number) +
                         " of this attempt were lost with its worker]");
      auto before = std::next(line);
      number = before == lines.rend() ? 0 : std::stoi(before->substr(before->rfind(' ')));
      continue;
    }
    REQUIRE(*line == text + " " + std::to_string(number--));
  }
}

TEST_CASE("last words: each attempt has its own") {
  Daemon daemon;
  push(daemon, "again", "last_words", R"({"how":"segv","lines":2})",
       R"("retries":1,"backoff":"none")");
  REQUIRE(ended_as(daemon, "again") == "failed");
  CHECK(log_of(daemon, "again") ==
        std::vector<std::string>{"words 1", "words 2", "words 1", "words 2"});
}
