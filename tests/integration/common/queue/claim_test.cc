#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Ids = std::vector<std::string>;

TEST_CASE("claim: jobs come in the order in which they were submitted") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c")});
  CHECK(q.take(1, 2).ids == Ids{"a", "b"});
  CHECK(q.take(2, 2).ids == Ids{"c"});
  CHECK(q.take(3, 2).ids.empty());
}

TEST_CASE("claim: tokens grow with every batch, whatever the clock does") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  uint64_t first = q.take(1, 1).token;
  q.say({"SET", q.keys("fence"), "8000000000000000"});
  CHECK(q.take(2, 1).token == 8'000'000'000'000'001);
  CHECK(first < 9'000'000'000'000'000);
}

TEST_CASE("claim: the same sequence number returns the same jobs and renews them") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c")});
  Given first = q.take(1, 2);
  CHECK(q.say({"EXISTS", q.keys("leases")}) == "0");
  Given again = q.take(1, 2);
  CHECK(again.ids == first.ids);
  CHECK(again.token == first.token);
  CHECK(q.say({"ZCARD", q.keys("leases")}) == "2");
  q.report(1, {ended("a", first.token)});
  CHECK(q.take(1, 2).ids == Ids{"b"});
}

TEST_CASE("claim: an older sequence number takes nothing") {
  QueueOfTest q;
  q.take(1);
  q.take(2);
  q.add({job("a")});
  CHECK(q.take(1).ids.empty());
  CHECK(q.take(2).ids.empty());
  CHECK(q.where("a") == "pending");
  CHECK(q.take(3).ids == Ids{"a"});
}

TEST_CASE("claim: jobs of one resource run one at a time, the first in line next") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r"), job("c", "r"), job("d", "s")});
  Given given = q.take(1);
  CHECK(given.ids == Ids{"a", "d"});
  CHECK(q.where("b") == "blocked");
  q.add({job("e", "r")});
  q.report(1, {ended("a", given.token)});
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "b");
  given = q.take(2);
  CHECK(given.ids == Ids{"b"});
  CHECK(q.where("e") == "blocked");
  q.report(2, {ended("b", given.token)});
  CHECK(q.take(3).ids == Ids{"c"});
}

TEST_CASE("claim: what a waiting worker took off pending comes first") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
  q.add({job("c")});
  CHECK(q.take(1, 1, "another").ids == Ids{"a"});
}

TEST_CASE("claim: with n = 0 what was reserved goes back, in order") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c")});
  q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
  q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
  CHECK(q.take(1, 0).ids.empty());
  CHECK(q.say({"LRANGE", q.keys("pending"), "0", "-1"}) == "c b a");
}

TEST_CASE("claim: a paused queue gives nothing, and what was reserved goes back") {
  QueueOfTest q;
  q.add({job("a")});
  q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
  q.run(pause_queue(q.keys));
  Given given = q.take(1);
  CHECK(given.status == Claimed::Status::kPaused);
  CHECK(given.ids.empty());
  CHECK(q.say({"LLEN", q.keys("pending")}) == "1");
  q.run(resume_queue(q.keys));
  CHECK(q.take(2).ids == Ids{"a"});
}

TEST_CASE("claim: ids without a record are dropped, a corrupt record is given") {
  QueueOfTest q;
  q.say({"RPUSH", q.keys("pending"), "nobody"});
  q.say({"HSET", q.keys("jobs"), "bad", "spoilt"});
  q.say({"LPUSH", q.keys("pending"), "bad"});
  CHECK(q.take(1).ids == Ids{"bad"});
  CHECK(q.say({"LLEN", q.keys("pending")}) == "0");
}

TEST_CASE("claim: dead copies in front cost no claim each, and it is said that there may be more") {
  QueueOfTest q;
  std::vector<std::string> ids;
  for (int i = 0; i < 5'000; ++i) {
    ids.push_back("dead-" + std::to_string(i));
  }
  for (size_t at = 0; at < ids.size(); at += kBatchJobs) {
    std::vector<JobSpec> jobs;
    for (size_t i = at; i < at + kBatchJobs; ++i) {
      jobs.push_back(job(ids[i]));
    }
    q.add(jobs);
    q.run(
        cancel_jobs(q.keys, milliseconds{0}, std::nullopt, std::span(ids).subspan(at, kBatchJobs)));
  }
  q.add({job("live")});
  REQUIRE(q.stat("ghosts") == "5000");
  Given given = q.take(1, 1);
  for (uint64_t seq = 2; seq < 8 && given.ids.empty(); ++seq) {
    CHECK(given.token != 0);  // whoever is given nothing comes again at once
    given = q.take(seq, 1);
  }
  CHECK(given.ids == Ids{"live"});
  CHECK(q.stat("ghosts") == "0");
  CHECK(q.say({"EXISTS", q.keys("ghosts"), q.keys("pending")}) == "0");
  CHECK(q.take(9, 1).token == 0);
}

TEST_CASE("claim: of an id that stands several times in front as many copies go as are dead") {
  QueueOfTest q;
  const Ids twice{"a"};
  for (int i = 0; i < 2; ++i) {
    q.add({job("a")});
    q.run(delete_jobs(q.keys, false, std::nullopt, twice));
  }
  q.add({job("a"), job("b")});
  q.run(delete_jobs(q.keys, false, std::nullopt, Ids{"b"}));
  q.add({job("b")});
  q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
  CHECK(q.take(1, 1).ids == Ids{"a"});
  CHECK(q.say({"HGETALL", q.keys("ghosts")}) == "b 1");
  CHECK(q.stat("ghosts") == "1");
  CHECK(q.take(2, 1).ids == Ids{"b"});
  CHECK(q.stat("ghosts") == "0");
  CHECK(q.take(3, 1).ids.empty());
}

TEST_CASE("claim: a queue without memory can still be emptied") {
  QueueOfTest q;
  q.add({job("a", "r")});
  q.say({"CONFIG", "SET", "maxmemory", "1"});
  Given given = q.take(1);
  CHECK(given.ids == Ids{"a"});
  CHECK(q.report(1, {ended("a", given.token)})[0].place == Place::kDone);
  JobSpec more = job("b");
  CHECK(!q.client.run(submit(q.keys, new_nonce(), false, {&more, 1})).ok());
}
