// What each released format wrote, read by this release. formats/N.jsonl is a queue as a daemon of
// format N left it when its host died: a Redis command a line. Such a file is never changed;
// whoever makes a new format adds one.
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

void load(const RedisServer& redis, const std::string& format) {
  std::ifstream file(source_dir() + "/tests/fault/formats/" + format + ".jsonl");
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    (void)redis.command(nlohmann::json::parse(line).get<std::vector<std::string>>());
  }
  REQUIRE(lines > 0);
}

DaemonOptions with_tasks_of(const RedisServer& redis) {
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.plugins = {faulty_plugin(), shipped_plugin("echo"), shipped_plugin("sleep")};
  options.toml = "[queues.default]\nkeep = \"3650d\"\n[sweep]\ninterval = \"500ms\"\n";
  return options;
}

}  // namespace

TEST_CASE(
    "format 1: a queue that it left is found sound and worked off, and nothing of it is lost") {
  RedisServer redis;
  load(redis, "1");
  const std::string done_before = redis.command({"HGET", key("outcomes"), "done-ok"});
  Daemon daemon(with_tasks_of(redis));

  for (const char* id : {"pending-1", "pending-large", "pending-all-said", "scheduled-1", "raw-1",
                         "blocked-1", "blocked-2"}) {
    CAPTURE(id);
    CHECK(ended_as(daemon, id, kLong) == "done");
  }
  CHECK(json_at(outcome(daemon, "pending-1"), "/result") == R"({"a":{"b":[1,2,{}]}})");
  CHECK(json_at(outcome(daemon, "pending-large"), "/result/pad").size() == 4200);
  for (const char* id : {"running", "running-2"}) {  // their host is dead, and they had no retries
    CAPTURE(id);
    CHECK(ended_as(daemon, id) == "failed");
    CHECK(json_at(outcome(daemon, id), "/errors/0/kind") == "lost");
  }
  CHECK(daemon.job("retrying", "/errors/0/kind") == "error");
  CHECK(daemon.job("failed-1", "/state") == "failed");
  CHECK(outcome(daemon, "done-ok") == done_before);
  CHECK(log_of(daemon, "logged") == std::vector<std::string>{"line 1", "line 2", "line 3"});
  CHECK(redis.command({"LLEN", key("rejected")}) == "1");
  CHECK(redis.command({"HEXISTS", key("jobs"), "ghost"}) == "0");
  CHECK(redis.command({"HGET", key("stats"), "ghosts"}) == "0");
  daemon.expect_healthy();

  REQUIRE(daemon.stint({"job", "retry", "failed-1", "--yes"}).code == 0);
  CHECK(eventually(
      kSoon, [&] { return json_at(outcome(daemon, "failed-1"), "/errors/1/attempt") == "2"; }));
  daemon.stop();
}
