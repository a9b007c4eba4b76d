#include "daemon/auditor.h"

#include <catch2/catch.hpp>

#include "common/queue/claim.h"
#include "common/queue/steer.h"
#include "common/queue/submit.h"
#include "tests/support/eventually.h"
#include "tests/support/loop.h"
#include "tests/support/redis_server.h"

using namespace stint;
using test::kLong;

namespace {

constexpr const char* kFinished = R"(
  for i = 1, tonumber(ARGV[1]) do
    redis.call('HSET', KEYS[1] .. 'jobs', 'f' .. i, '\nt 1 n\n{}')
    redis.call('HSET', KEYS[1] .. 'outcomes', 'f' .. i, '{}')
    redis.call('ZADD', KEYS[1] .. 'done', 1900000000000, 'f' .. i)
  end)";

constexpr const char* kForeign = R"(
  for i = 1, tonumber(ARGV[1]) do
    redis.call('SET', 'foreign:' .. i, 'x')
  end)";

constexpr const char* kProgress = R"(
  for i = 1, tonumber(ARGV[1]) do
    redis.call('HSET', KEYS[1] .. 'logs', 'f' .. i, '0 0\n' .. string.rep('x', 60000))
  end)";

// A paused queue with three jobs, and an auditor that has made its first pass. In its time a look
// takes 1 ms.
struct StillQueue {
  test::RedisServer server;
  test::Loop loop;
  Keys keys{"stint", "default"};
  std::unique_ptr<redis::Connection> redis;
  std::unique_ptr<Auditor> auditor;

  explicit StillQueue(const std::string& resource = "", size_t finished = 0) {
    auto client = server.client();
    std::vector<JobSpec> jobs(3);
    for (size_t i = 0; i < jobs.size(); ++i) {
      jobs[i].id = "j" + std::to_string(i);
      jobs[i].task = "t";
      jobs[i].resource = resource;
    }
    REQUIRE(client.run(submit(keys, new_nonce(), false, jobs)));
    if (!resource.empty()) {
      REQUIRE(client.run(claim(keys, "w", 1, 3, milliseconds{30'000})));
    }
    REQUIRE(client.run(pause_queue(keys)));
    if (finished > 0) {
      (void)server.command({"EVAL", kFinished, "1", keys.prefix(), std::to_string(finished)});
    }
    redis = std::make_unique<redis::Connection>(
        loop.get(), redis::Connection::Options{server.url(), "test"},
        redis::Connection::Listener{[](const redis::ServerInfo&) {}, [](const Error&) {}});
    redis->open();
    AuditPace quick;
    quick.first_look = quick.look = quick.page = milliseconds{1};
    auditor = std::make_unique<Auditor>(loop.get(), *redis, keys, quick);
    REQUIRE(loop.run_until(kLong, [&] { return auditor->count().passes > 0; }));
    REQUIRE(auditor->count().said == 0);
  }
  ~StillQueue() {
    auditor.reset();
    redis.reset();
  }
};

}  // namespace

TEST_CASE("auditor: damage of a queue that stands still is said, once") {
  StillQueue queue("", GENERATE(0U, 5'000U));
  queue.server.command({"DEL", queue.keys("pending")});
  const auto& count = queue.auditor->count();
  CHECK(queue.loop.run_until(kLong, [&] { return count.said > 0; }));
  int64_t passes = count.passes;
  CHECK(queue.loop.run_until(kLong, [&] { return count.passes > passes + 1; }));
  CHECK(count.said == 1);
}

TEST_CASE("auditor: a resource that nobody hands on is freed though nothing moves") {
  StillQueue queue("r");
  queue.server.command({"DEL", queue.keys("active")});
  queue.server.command({"HSET", queue.keys("locks"), "r", "nobody"});
  CHECK(queue.loop.run_until(kLong, [&] {
    return queue.server.command({"HGET", queue.keys("locks"), "r"}) != "nobody";
  }));
}

TEST_CASE("auditor: what runs or has ended has a record again, and is not ended by it") {
  StillQueue queue("r", 5);
  std::string runs = queue.server.command({"HKEYS", queue.keys("active")});
  queue.server.command({"HDEL", queue.keys("jobs"), "f1", runs});
  for (const std::string& id : {std::string("f1"), runs}) {
    CHECK(queue.loop.run_until(kLong, [&] {
      return queue.server.command({"HGET", queue.keys("jobs"), id}).find("record was lost") !=
             std::string::npos;
    }));
  }
  CHECK(queue.server.command({"HEXISTS", queue.keys("active"), runs}) == "1");
  CHECK(queue.server.command({"HGET", queue.keys("locks"), "r"}) == runs);
  CHECK(queue.server.command({"HGET", queue.keys("outcomes"), "f1"}) == "{}");
  // One that waits would be ended: that is said, and left.
  queue.server.command({"HDEL", queue.keys("jobs"), "j1", "j2"});
  CHECK(queue.loop.run_until(kLong, [&] { return queue.auditor->count().said >= 2; }));
  CHECK(queue.server.command({"ZCARD", queue.keys("blocked")}) == "2");
}

TEST_CASE("auditor: a queue that stands still costs less than a command in five seconds") {
  StillQueue queue(GENERATE("", "r"));
  auto before = queue.auditor->count();
  const auto& now = queue.auditor->count();
  REQUIRE(queue.loop.run_until(kLong, [&] { return now.looks >= before.looks + 180; }));
  CHECK(now.passes >= before.passes + 5);
  CHECK((now.commands - before.commands) * 5 <
        (now.looks - before.looks) * AuditPace().look.count() / 1000);
}

TEST_CASE("auditor: what stands beside no job is found, once each") {
  StillQueue queue("", GENERATE(0U, 2'000U));
  const auto& count = queue.auditor->count();
  queue.server.command({"ZADD", queue.keys("leases"), "1", "lease"});
  queue.server.command({"HSET", queue.keys("cancels"), "cancel", "delete"});
  queue.server.command({"HSET", queue.keys("logs"), "entry", "1 0\n"});
  for (const char* table : {"errors", "outcomes", "params"}) {
    queue.server.command({"HSET", queue.keys(table), std::string("of no job in ") + table, "[]"});
  }
  queue.server.command({"RPUSH", queue.keys.log("lines"), "1 1 1 line"});
  CHECK(queue.loop.run_until(kLong, [&] { return count.said >= 7; }));
  int64_t passes = count.passes;
  CHECK(queue.loop.run_until(kLong, [&] { return count.passes > passes + 1; }));
  CHECK(count.said == 7);
}

TEST_CASE("auditor: names that are not the queue's keep no pass from its end, and hide no log") {
  StillQueue queue;
  const auto& count = queue.auditor->count();
  (void)queue.server.command({"EVAL", kForeign, "0", "60000"});
  queue.server.command({"RPUSH", queue.keys.log("lines"), "1 1 1 line"});
  auto before = count;
  REQUIRE(queue.loop.run_until(kLong, [&] { return count.passes > before.passes; }));
  // Twenty pages of names, and what a pass has besides.
  CHECK(count.commands - count.looks - (before.commands - before.looks) < 50);
  CHECK(queue.loop.run_until(kLong, [&] { return count.said > before.said; }));
}

TEST_CASE("auditor: logs with long progress are read a few at a time") {
  StillQueue queue("", 300);
  (void)queue.server.command({"EVAL", kProgress, "1", queue.keys.prefix(), "300"});
  const auto& count = queue.auditor->count();
  queue.server.command({"CONFIG", "RESETSTAT"});
  int64_t passes = count.passes;
  REQUIRE(queue.loop.run_until(kLong, [&] { return count.passes > passes; }));
  const std::string clients = queue.server.command({"INFO", "clients"});
  const std::string most = "client_recent_max_output_buffer:";
  CHECK(std::stoll(clients.substr(clients.find(most) + most.size())) < 4'000'000);
  CHECK(count.said == 0);
}
