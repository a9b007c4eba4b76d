// Redis has no memory left, or no disk.
#include <unistd.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

int64_t used_memory(const RedisServer& redis) {
  std::string info = redis.command({"INFO", "memory"});
  return std::stoll(info.substr(info.find("used_memory:") + 12));
}

// Has been asked to save where no file can be made: from now on it refuses every write while
// refuse_writes(true) holds, which is the default.
void break_disk(const RedisServer& redis, const std::string& data) {
  std::filesystem::remove_all(data);
  redis.command({"BGSAVE"});
  REQUIRE(eventually(kLong, [&] {
    return redis.command({"INFO", "persistence"}).find("rdb_last_bgsave_status:err") !=
           std::string::npos;
  }));
}
void refuse_writes(const RedisServer& redis, bool refuse) {
  redis.command({"CONFIG", "SET", "stop-writes-on-bgsave-error", refuse ? "yes" : "no"});
}

RedisOptions saving_to(const std::string& data) {
  std::filesystem::create_directory(data);
  RedisOptions options;
  options.extra = {"--save", "3600 1", "--dir", data};
  return options;
}

}  // namespace

TEST_CASE("Redis at its memory limit: submits are refused, the queue drains, memory falls") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  REQUIRE(daemon.stint({"queue", "pause"}).code == 0);
  const int64_t limit = used_memory(redis) + (8 << 20);
  redis.command({"CONFIG", "SET", "maxmemory", std::to_string(limit)});
  std::string large = "\"" + std::string(200'000, 'x') + "\"";
  int accepted = 0;
  Finished last;
  while (accepted < 200 &&
         (last = daemon.stint({"submit", "info", "--params-file", "-"}, large)).code == 0) {
    ++accepted;
  }
  CHECK(accepted > 10);
  CHECK(last.code == 1);
  CHECK(last.err.find("at its memory limit") != std::string::npos);
  CHECK(last.out.empty());
  CHECK(used_memory(redis) > limit * 9 / 10);

  REQUIRE(daemon.stint({"queue", "resume"}).code == 0);
  CHECK(eventually(kLong, [&] {
    return redis.command({"HGET", key("stats"), "succeeded"}) == std::to_string(accepted);
  }));
  // Below that results are kept again.
  CHECK(eventually(kLong, [&] { return used_memory(redis) < limit * 8 / 10; }));
  CHECK(daemon.stint({"submit", "info"}).code == 0);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE(
    "Redis cannot write its disk: submits are refused, the running job ends well afterwards") {
  TempDir dir;
  RedisServer redis(saving_to(dir / "data"));
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  refuse_writes(redis, false);  // first: nothing is refused before the job has started
  break_disk(redis, dir / "data");
  push(daemon, "running", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":4000)"));
  REQUIRE(until_started(daemon / "started"));
  refuse_writes(redis, true);
  auto refused = daemon.stint({"submit", "info"});
  CHECK(refused.code == 1);
  CHECK(refused.err.find("cannot write its disk") != std::string::npos);
  CHECK(daemon.stint({"stats"}).code == 0);  // who only looks is not refused
  REQUIRE(until_logged(daemon, "redis refuses the end of attempts"));

  refuse_writes(redis, false);
  CHECK(ended_as(daemon, "running", kLong) == "done");
  CHECK(json_at(outcome(daemon, "running"), "/attempt") == "1");
  push(daemon, "next", "info");
  CHECK(ended_as(daemon, "next", kLong) == "done");
  CHECK(count_of(daemon.log(), "redis refuses the end of attempts") == 1);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("Redis refuses writes: what does not work is said once, and once that it works again") {
  TempDir dir;
  RedisServer redis(saving_to(dir / "data"));
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.toml = short_leases("5s");
  Daemon daemon(options);
  refuse_writes(redis, false);  // first: nothing is refused before the job has started
  break_disk(redis, dir / "data");
  push(daemon, "running", "wait", announced(daemon / "started", R"("on_stop":"succeed")"));
  REQUIRE(until_started(daemon / "started"));
  refuse_writes(redis, true);
  const std::pair<const char*, const char*> outages[] = {
      {"redis refuses a heartbeat", "redis accepts heartbeats again"},
      {"redis refuses the end of attempts", "redis takes the end of attempts again"},
      {"redis refuses, trying again", "redis no longer refuses"},
      {"intake refused", "intake works again"},
      {"upkeep refused", "upkeep works again"},
      {"sweep refused", "sweep works again"}};
  for (const auto& [begins, over] : outages) {
    INFO(begins);
    CHECK(until_logged(daemon, begins));
    CHECK(count_of(daemon.log(), over) == 0);
  }
  refuse_writes(redis, false);
  for (const auto& [begins, over] : outages) {
    INFO(begins);  // of upkeep there is more than one kind
    CHECK(eventually(kLong, [&, begin = begins, end = over] {
      return count_of(daemon.log(), end) == count_of(daemon.log(), begin);
    }));
  }
  CHECK(ended_as(daemon, "running", kLong) == "done");
  CHECK(count_of(daemon.log(), "redis refuses, trying again") == 1);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("Redis refuses writes for a moment: the running job is renewed soon after, not stopped") {
  TempDir dir;
  RedisServer redis(saving_to(dir / "data"));
  DaemonOptions options;
  options.redis_url = redis.url_text();
  // A beat every 5 s, the task is told to stop after 9 s: two regular beats lie too far apart.
  options.toml = short_leases("15s");
  Daemon daemon(options);
  refuse_writes(redis, false);  // first: nothing is refused before the job has started
  break_disk(redis, dir / "data");
  push(daemon, "running", "wait",
       announced(daemon / "started", R"("seconds":11,"on_stop":"throw")"));
  REQUIRE(until_started(daemon / "started"));
  refuse_writes(redis, true);
  REQUIRE(until_logged(daemon, "redis refuses a heartbeat"));
  refuse_writes(redis, false);
  CHECK(ended_as(daemon, "running", kLong) == "done");
  CHECK(json_at(outcome(daemon, "running"), "/attempt") == "1");
  CHECK(daemon.log().find("told to stop") == std::string::npos);
  CHECK(until_logged(daemon, "redis accepts heartbeats again"));
  CHECK(count_of(daemon.log(), "redis refuses a heartbeat") == 1);
  CHECK(count_of(daemon.log(), "redis accepts heartbeats again") == 1);
  daemon.stop();
}
