// A daemon on a queue that somebody has damaged: it goes on, says what it found, and stint doctor
// --repair brings the rest back. See docs/reliability.md, Damage.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

namespace {

bool until_aside(const Daemon& daemon, const std::string& name) {
  return eventually(kLong, [&] {
    return !daemon.redis({"KEYS", key("damaged:" + name + ":*")}).empty();
  });
}

// Something has been done and nothing runs.
void do_one(const Daemon& daemon) {
  auto id = daemon.submit({"info"});
  REQUIRE(daemon.until_state(id, "done"));
}

}  // namespace

TEST_CASE("damage: a key of another type stops the queue for a moment, whichever it is") {
  Daemon daemon;
  for (std::string name :
       {"jobs",     "pending", "reserved", "active", "locks",     "claims", "fins",
        "outcomes", "done",    "inbox",    "fence",  "scheduled", "leases", "cancels",
        "params",   "ghosts",  "errors",   "logs",   "tasks",     "stats",  "rejected",
        "blocked",  "failed",  "workers",  "run",    "blockseq"}) {
    INFO(name);
    do_one(daemon);
    daemon.redis({"EVAL", "redis.call('DEL', KEYS[1]) return redis.call('SADD', KEYS[1], 'x')", "1",
                  key(name)});
    // The daemon reads the inbox all the time; nobody can push to one that is no list.
    REQUIRE((name != "inbox" || until_aside(daemon, name)));
    push(daemon, "after-" + name, "info", "null", R"("resource":"r","keep":"1h")");
    REQUIRE((name != "outcomes" || until_aside(daemon, name)));
    CHECK(ended_as(daemon, "after-" + name, kLong) == "done");
    // Whoever needed that key first has moved it aside; some are not needed by such a job.
    CHECK(daemon.stint({"doctor", "--repair", "--quiet"}).code == 0);
    CHECK(daemon.redis({"KEYS", key("damaged:" + name + ":*")}) != "");
  }
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("damage: one bad record in a batch ends as corrupt, the others run") {
  Daemon daemon;
  REQUIRE(daemon.stint({"queue", "pause"}).code == 0);
  for (std::string id : {"a", "garbage", "b", "lost", "c", "numbers", "d"}) {
    daemon.submit({"info", "--id", id, "-r", "r"});
  }
  daemon.redis({"HSET", key("jobs"), "garbage", "\x01\xff"});
  daemon.redis({"HSET", key("jobs"), "numbers", "r\ninfo 1 n losses=zero\nnull"});
  daemon.redis({"HDEL", key("jobs"), "lost"});
  REQUIRE(daemon.stint({"queue", "resume"}).code == 0);
  for (std::string id : {"a", "b", "c", "d"}) {
    CHECK(ended_as(daemon, id) == "done");
  }
  for (std::string id : {"garbage", "lost", "numbers"}) {
    CHECK(ended_as(daemon, id) == "failed");
    CHECK(json_at(outcome(daemon, id), "/reason") == "corrupt");
  }
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("damage: the daemon hands on a lost lock, and says once what else is wrong") {
  Daemon daemon;
  do_one(daemon);
  REQUIRE(daemon.stint({"queue", "pause"}).code == 0);
  daemon.submit({"info", "--id", "locked", "-r", "r"});
  daemon.submit({"info", "--id", "nowhere"});
  daemon.redis({"LREM", key("pending"), "1", "nowhere"});
  daemon.redis({"HSET", key("locks"), "r", "nobody"});
  daemon.stop();
  daemon.start();
  REQUIRE(daemon.stint({"queue", "resume"}).code == 0);
  CHECK(ended_as(daemon, "locked", kLong) == "done");
  CHECK(until_logged(daemon, "a lock that was lost or wrong was set right"));
  CHECK(until_logged(daemon, "the queue is damaged; run: stint doctor --repair"));
  CHECK(daemon.stint({"doctor"}).code == 1);
  auto repaired = daemon.stint({"doctor", "--repair", "--json", "--quiet"});
  CHECK(repaired.code == 0);
  CHECK(json_at(repaired.out, "/check") == "id-nowhere");
  CHECK(json_at(repaired.out, "/repaired") == "true");
  daemon.redis({"ZADD", key("scheduled"), "XX", "1", "nowhere"});  // it would wait for a lease
  CHECK(ended_as(daemon, "nowhere") == "done");
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("damage: a line, a log and a registration of another type concern nobody else") {
  DaemonOptions options;
  options.processes = 2;
  Daemon daemon(options);
  auto holder = daemon.submit({"wait", "-r", "r", "-p", R"({"seconds":3600})"});
  REQUIRE(daemon.until_state(holder, "active"));
  const std::string worker = "worker:" + daemon.redis({"ZRANGE", key("workers"), "0", "0"});
  for (const auto& name : {std::string("blocked:r"), std::string("log:talker"), worker}) {
    daemon.redis({"SET", key(name), "x"});
  }
  daemon.submit({"info", "--id", "waits", "-r", "r"});
  CHECK(daemon.until_state("waits", "blocked"));
  push(daemon, "talker", "log", "{}", R"("keep":"1h")");
  CHECK(ended_as(daemon, "talker", kLong) == "done");
  do_one(daemon);
  // Moved aside, and the line is built again. A registration is said again before, or after.
  CHECK(daemon.stint({"doctor", "--repair", "--quiet"}).code == 0);
  CHECK(until_aside(daemon, "blocked:r"));
  CHECK(until_aside(daemon, "log:talker"));
  CHECK(eventually(kLong, [&] { return daemon.redis({"TYPE", key(worker)}) == "hash"; }));
  CHECK(daemon.stint({"job", "cancel", holder}).code == 0);
  CHECK(ended_as(daemon, "waits", kLong) == "done");
  daemon.expect_healthy();
  daemon.stop();
}
