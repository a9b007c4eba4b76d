#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;

TEST_CASE("submit: a new job is pending, or scheduled if it is due later") {
  QueueOfTest q;
  auto later = job("b");
  later.delay = milliseconds(60'000);
  auto out = q.add({job("a"), later});
  CHECK(out[0].status == Submitted::Status::kCreated);
  CHECK(out[0].place == Place::kPending);
  CHECK(out[1].status == Submitted::Status::kCreated);
  CHECK(out[1].place == Place::kScheduled);
  CHECK(q.where("b") == "scheduled");
  CHECK(q.stat("submitted") == "2");
}

TEST_CASE("submit: a time in the past means now") {
  QueueOfTest q;
  auto past = job("a");
  past.at_ms = 1'000;
  CHECK(q.add({past})[0].place == Place::kPending);
}

TEST_CASE("submit: a known id with the same content is not queued twice") {
  QueueOfTest q;
  q.add({job("a", "r")});
  auto out = q.add({job("a", "r")});
  CHECK(out[0].status == Submitted::Status::kKnown);
  CHECK(out[0].place == Place::kPending);
  CHECK(q.take(1).ids == std::vector<std::string>{"a"});
  CHECK(q.add({job("a", "r")})[0].place == Place::kActive);
}

TEST_CASE("submit: a known id with other content is a conflict and changes nothing") {
  QueueOfTest q;
  q.add({job("a", "r")});
  auto task = job("a", "r");
  task.task = "u";
  auto params = job("a", "r");
  params.params = "[]";
  auto large = job("a", "r");
  large.params = '"' + std::string(5'000, 'x') + '"';
  std::string before = q.record("a");
  for (const Submitted& one : q.add({task, params, large, job("a", "other")})) {
    CHECK(one.status == Submitted::Status::kConflict);
  }
  CHECK(q.record("a") == before);
  CHECK(q.say({"EXISTS", q.keys("params")}) == "0");
}

TEST_CASE("submit: an id twice in one batch is created once") {
  QueueOfTest q;
  auto out = q.add({job("a"), job("a"), job("a", "r")});
  CHECK(out[0].status == Submitted::Status::kCreated);
  CHECK(out[1].status == Submitted::Status::kKnown);
  CHECK(out[2].status == Submitted::Status::kConflict);
  CHECK(q.say({"LLEN", q.keys("pending")}) == "1");
}

TEST_CASE("submit: the same call sent again answers the same and queues nothing") {
  QueueOfTest q;
  std::vector<JobSpec> batch{job("a"), job("b"), job("a")};
  auto first = q.add(batch, "nonce001");
  q.take(1, 1);
  auto second = q.add(batch, "nonce001");
  for (size_t i = 0; i < batch.size(); ++i) {
    CHECK(second[i].status == first[i].status);
  }
  CHECK(second[0].place == Place::kActive);
  CHECK(q.say({"LLEN", q.keys("pending")}) == "1");
  CHECK(q.stat("submitted") == "2");
}

TEST_CASE("submit: large parameters live apart and are compared byte for byte") {
  QueueOfTest q;
  auto large = job("a");
  large.params = '"' + std::string(5'000, 'x') + '"';
  q.add({large});
  CHECK(q.say({"HGET", q.keys("params"), "a"}) == large.params);
  CHECK(q.record("a").find("xxx") == std::string::npos);
  CHECK(q.add({large})[0].status == Submitted::Status::kKnown);
  large.params[100] = 'y';
  CHECK(q.add({large})[0].status == Submitted::Status::kConflict);
}

TEST_CASE("submit: again runs a job once more that has ended, and no other") {
  QueueOfTest q;
  q.add({job("a")});
  CHECK(q.add({job("a")}, new_nonce(), true)[0].status == Submitted::Status::kKnown);
  uint64_t token = q.take(1).token;
  LogBatch lines{"a", token, std::nullopt, {"1 1 hello"}};
  q.run(append_log(q.keys, {&lines, 1}));
  q.report(1, {ended("a", token)});
  REQUIRE(q.where("a") == "done");
  CHECK(q.add({job("a")})[0].status == Submitted::Status::kKnown);
  auto out = q.add({job("a")}, new_nonce(), true);
  CHECK(out[0].status == Submitted::Status::kCreated);
  CHECK(q.where("a") == "pending");
  CHECK(q.outcome("a").empty());
  CHECK(q.say({"EXISTS", q.keys.log("a"), q.keys("logs")}) == "0");
  CHECK(q.stat("kept_bytes") == "0");
}
