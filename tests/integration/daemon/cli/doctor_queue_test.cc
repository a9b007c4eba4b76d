// One violation a test, planted into a queue that is in order: the doctor finds it, and nothing
// else.
#include "daemon/cli/doctor_queue.h"

#include <stdexcept>

#include "tests/integration/daemon/cli/furnished_queue.h"

using namespace stint;
using test::FurnishedQueue;
using Lines = std::vector<std::string>;

TEST_CASE("doctor: a job that is in no place is found") {
  FurnishedQueue queue;
  queue.plant({"LREM", queue.key("pending"), "0", "pending"});
  CHECK(queue.found() == Lines{"id-nowhere pending"});
}

TEST_CASE("doctor: a job in two places is found") {
  FurnishedQueue queue;
  std::string place = GENERATE("scheduled", "failed");
  queue.plant({"ZADD", queue.key(place), "99999999999999", "alone"});
  CHECK(queue.found() == Lines{"id-twice alone"});
}

TEST_CASE("doctor: a job that could be taken while it is elsewhere is found") {
  FurnishedQueue queue;
  std::string list = GENERATE("pending", "reserved");
  queue.plant({"RPUSH", queue.key(list), "active"});
  CHECK(queue.found() == Lines{"id-twice active"});
}

TEST_CASE("doctor: an id in a place without a job is found") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("active"), "x-active", "1 w 0 1000 - - - "});
  for (std::string place : {"scheduled", "blocked", "failed", "done"}) {
    queue.plant({"ZADD", queue.key(place), "99999999999999", "x-" + place});
  }
  CHECK(queue.found() == Lines{"id-unknown x-active", "id-unknown x-blocked", "id-unknown x-done",
                               "id-unknown x-failed", "id-unknown x-scheduled"});
}

TEST_CASE("doctor: too many and too few copies of an id are found") {
  FurnishedQueue queue;
  SECTION("a second copy") {
    queue.plant({"LPUSH", queue.key("pending"), "pending"});
  }
  SECTION("a copy of nothing") {
    queue.plant({"LPUSH", queue.key("pending"), "nothing"});
  }
  SECTION("a ghost without a copy") {
    queue.plant({"LREM", queue.key("pending"), "0", "dead"});
  }
  auto found = queue.found();
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("copies "));
}

TEST_CASE("doctor: an active job without its lock is found") {
  FurnishedQueue queue;
  queue.plant({"HDEL", queue.key("locks"), "r2"});
  CHECK(queue.found() == Lines{"lock-missing alone"});
}

TEST_CASE("doctor: a resource for which a job waits and that nobody holds is found") {
  FurnishedQueue queue;
  queue.plant({"HDEL", queue.key("locks"), "r1"});
  CHECK(queue.found() == Lines{"lock-missing active", "waiter-unlocked blocked"});
}

TEST_CASE("doctor: a lock whose holder may not hold it is found") {
  FurnishedQueue queue;
  std::string holder = GENERATE("nobody", "pending", "active");
  queue.plant({"HSET", queue.key("locks"), "r9", holder});
  CHECK(queue.found() == Lines{"lock-leak " + holder});
}

TEST_CASE("doctor: a lock held by a job that waits for its time is found") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("locks"), "r3", "later"});
  CHECK(queue.found() == Lines{"lock-leak later"});
}

TEST_CASE("doctor: the next holder of a lock is nothing wrong") {
  FurnishedQueue queue;
  queue.hand.submit({test::job_spec("heir", "r4")});
  queue.plant({"HSET", queue.key("locks"), "r4", "heir"});
  CHECK(queue.found().empty());
}

TEST_CASE("doctor: a blocked job outside the line of its resource is found") {
  FurnishedQueue queue;
  queue.plant({"ZREM", queue.hand.keys.blocked("r1"), "blocked"});
  CHECK(queue.found() == Lines{"waiter-missing blocked"});
}

TEST_CASE("doctor: who stands in a line and does not wait for it is found") {
  FurnishedQueue queue;
  queue.plant({"ZADD", queue.hand.keys.blocked("r2"), "7", "blocked"});
  queue.plant({"ZADD", queue.hand.keys.blocked("r1"), "7", "pending"});
  queue.plant({"ZADD", queue.hand.keys.blocked("nobody's"), "7", "nobody"});
  CHECK(queue.found() ==
        Lines{"waiter-stale blocked", "waiter-stale nobody", "waiter-stale pending"});
}

TEST_CASE("doctor: leases and cancels of jobs that are not active are found") {
  FurnishedQueue queue;
  queue.plant({"ZADD", queue.key("leases"), "1", "pending"});
  queue.plant({"HSET", queue.key("cancels"), "nobody", "cancel"});
  CHECK(queue.found() == Lines{"cancel-leak nobody", "lease-leak pending"});
}

TEST_CASE("doctor: outcomes of jobs that have not ended are found, rejected ones are none") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("outcomes"), "pending", "{}", "nobody", "{}", "refused",
               R"({"state":"rejected","attempt":0})"});
  CHECK(queue.found() == Lines{"outcome-leak nobody", "outcome-leak pending"});
}

TEST_CASE("doctor: a job that ended without an outcome is found") {
  FurnishedQueue queue;
  queue.plant({"HDEL", queue.key("outcomes"), "done", "failed"});
  CHECK(queue.found() == Lines{"outcome-missing done", "outcome-missing failed"});
}

TEST_CASE("doctor: errors of jobs that are not between attempts are found") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("errors"), "failed", "{}", "nobody", "{}"});
  CHECK(queue.found() == Lines{"errors-leak failed", "errors-leak nobody"});
}

TEST_CASE("doctor: parameters without their job, and a job without its parameters, are found") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("params"), "pending", "{}", "nobody", "{}"});
  queue.plant({"HDEL", queue.key("params"), "large"});
  CHECK(queue.found() ==
        Lines{"params-leak nobody", "params-leak pending", "params-missing large"});
}

TEST_CASE("doctor: logs without their job, and a log without its lines, are found") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("logs"), "nobody", "1 0\n"});
  queue.plant({"RPUSH", queue.hand.keys.log("pending"), "1 1 1 text"});
  queue.plant({"DEL", queue.hand.keys.log("active")});
  CHECK(queue.found() == Lines{"log-leak nobody", "log-leak pending", "log-missing active"});
}

TEST_CASE("doctor: records and active values that cannot be read are found") {
  FurnishedQueue queue;
  queue.plant({"HSET", queue.key("jobs"), "pending", "garbage"});
  queue.plant({"HSET", queue.key("active"), "alone", "garbage"});
  queue.plant({"HSET", queue.key("active"), "active", "1 w 1 1000 0 3 1000 other"});
  CHECK(queue.found() ==
        Lines{"active-corrupt active", "active-corrupt alone", "record-corrupt pending"});
}

TEST_CASE("doctor: a key of a wrong type is found, whichever it is") {
  FurnishedQueue queue;
  std::string name = GENERATE("jobs", "pending", "locks", "ghosts", "stats", "claims", "workers",
                              "blocked:r1", "log:active", "worker:w");
  queue.plant({"DEL", queue.key(name)});
  queue.plant({"SADD", queue.key(name), "x"});
  auto findings = queue.findings();
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].check == "wrong-type");
  CHECK(findings[0].key == queue.key(name));
}

TEST_CASE("doctor: a sum of ghosts that is not the one in stats is found") {
  FurnishedQueue queue;
  queue.plant({"HINCRBY", queue.key("stats"), "ghosts", "1"});
  CHECK(queue.found() == Lines{"ghosts-total"});
}

TEST_CASE("doctor: totals that stay wrong are reported, though no page shows why") {
  FurnishedQueue queue;
  auto client = queue.server.client();
  auto totals_script = *totals(queue.hand.keys).script;
  Lines found;
  int asked = 0;
  cli::Ask lying = [&](const std::vector<redis::Command>& commands) {
    auto sent = commands;
    if (sent[0].script != nullptr && sent[0].script->name == totals_script.name) {
      ++asked;
      sent = {redis::plain({"EVAL", "return {'known', 7, 'pending', 6}", "0"})};
    }
    return client.run_all(sent);
  };
  cli::QueueExam exam(
      lying, queue.hand.keys, [&](const Finding& finding) { found.push_back(finding.check); },
      [](const cli::ExamProgress&) { return true; });
  REQUIRE(exam.run().ok());
  CHECK(found == Lines{"totals"});
  CHECK(asked == 6);
}

TEST_CASE("doctor: a failing Redis is an error, not a finding") {
  FurnishedQueue queue;
  auto client = queue.server.client();
  Lines found;
  cli::QueueExam exam([&](const auto& commands) { return client.run_all(commands); },
                      queue.hand.keys,
                      [&](const Finding& finding) { found.push_back(finding.check); },
                      [](const cli::ExamProgress&) { return true; });
  queue.server.kill9();
  auto jobs = exam.run();
  REQUIRE_FALSE(jobs);
  CHECK(jobs.error().code == ErrorCode::kUnavailable);
  CHECK(found.empty());
}
