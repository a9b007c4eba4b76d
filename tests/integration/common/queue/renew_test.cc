#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;

TEST_CASE("heartbeat: attempts in order are renewed in silence, started ones with their limits") {
  QueueOfTest q;
  q.say({"SET", q.keys("fence"), "1"});  // so that the token is the time of the claim
  q.add({job("a", "r"), job("b")});
  Given given = q.take(1);
  Limits limits;
  limits.lease = milliseconds(5'000);
  limits.retries = 7;
  CHECK(q.beat({{"a", given.token, true, limits}, {"b", given.token, false, limits}}).empty());
  CHECK(q.say({"ZCARD", q.keys("leases")}) == "2");
  std::string token = std::to_string(given.token);
  CHECK(q.say({"HGET", q.keys("active"), "a"}) == token + " w 1 5000 7 3 1000 r");
  CHECK(q.say({"HGET", q.keys("active"), "b"}) == token + " w 0 30000 - - - ");
  std::string value = q.say({"HGET", q.keys("active"), "a"});
  auto entry = parse_active(value);
  REQUIRE(entry.ok());
  CHECK(entry->started);
  CHECK(entry->lease == milliseconds(5'000));
  CHECK(entry->resource == "r");
}

TEST_CASE("heartbeat: a started attempt stays started, sent twice or late") {
  QueueOfTest q;
  q.add({job("a")});
  Given given = q.take(1);
  q.beat({{"a", given.token, true, Limits{}}});
  std::string value = q.say({"HGET", q.keys("active"), "a"});
  q.beat({{"a", given.token, true, Limits{}}});
  q.beat({{"a", given.token, false, Limits{}}});
  CHECK(q.say({"HGET", q.keys("active"), "a"}) == value);
}

TEST_CASE("heartbeat: says which leases are lost and who is to stop") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  Given given = q.take(1);
  std::string id = "b";
  q.run(cancel_jobs(q.keys, milliseconds(1000), std::nullopt, {&id, 1}));
  auto answers =
      q.beat({{"a", given.token - 1, true, Limits{}}, {"b", given.token, true, Limits{}}});
  REQUIRE(answers.size() == 2);
  for (const BeatAnswer& answer : answers) {
    CHECK((answer.word == BeatAnswer::Word::kCancel) == (answer.id == "b"));
  }
  CHECK(q.say({"ZSCORE", q.keys("leases"), "a"}).empty());
}

TEST_CASE("log: lines are numbered, the progress is the last") {
  QueueOfTest q;
  q.add({job("a")});
  uint64_t token = q.take(1).token;
  LogBatch one{"a", token, "{\"at\":1}", {"5 1 first", "6 1 second"}};
  LogBatch two{"a", token, std::nullopt, {"7 1 third"}};
  q.run(append_log(q.keys, {&one, 1}));
  q.run(append_log(q.keys, {&two, 1}));
  CHECK(q.say({"LRANGE", q.keys.log("a"), "0", "-1"}) == "1 5 1 first 2 6 1 second 3 7 1 third");
  CHECK(q.say({"HGET", q.keys("logs"), "a"}) == "3 34\n{\"at\":1}");
}

TEST_CASE("log: a numbered line is written once, however often and with what more it is sent") {
  QueueOfTest q;
  q.add({job("a")});
  uint64_t token = q.take(1).token;
  LogBatch batch{"a", token, "1", {"5 1 first", "6 1 second"}, 1};
  q.run(append_log(q.keys, {&batch, 1}));
  batch.lines.emplace_back("7 1 third");
  batch.progress = "2";
  q.run(append_log(q.keys, {&batch, 1}));
  q.run(append_log(q.keys, {&batch, 1}));
  CHECK(q.say({"LRANGE", q.keys.log("a"), "0", "-1"}) == "1 5 1 first 2 6 1 second 3 7 1 third");
  CHECK(q.say({"HGET", q.keys("logs"), "a"}) == "3 34 " + std::to_string(token) + " 3\n2");
  // Another writer's lines are not counted, and the numbers of the next attempt begin anew.
  LogBatch output{"a", token, std::nullopt, {"8 1 stderr"}};
  q.run(append_log(q.keys, {&output, 1}));
  q.run(append_log(q.keys, {&batch, 1}));
  CHECK(q.say({"LLEN", q.keys.log("a")}) == "4");
  q.give_back({{"a", token}});
  batch.token = q.take(2).token;
  q.run(append_log(q.keys, {&batch, 1}));
  CHECK(q.say({"LLEN", q.keys.log("a")}) == "7");
}

TEST_CASE("log: 64 KiB at most, the oldest dropped") {
  QueueOfTest q;
  q.add({job("a")});
  uint64_t token = q.take(1).token;
  LogBatch batch{"a", token, std::nullopt, {}};
  for (int i = 0; i < 1'200; ++i) {
    batch.lines.push_back("1 1 " + std::string(96, 'x'));
  }
  q.run(append_log(q.keys, {&batch, 1}));
  int lines = std::stoi(q.say({"LLEN", q.keys.log("a")}));
  CHECK(lines > 600);
  CHECK(lines < 660);
  CHECK(q.say({"LINDEX", q.keys.log("a"), "-1"}).starts_with("1200 "));
}

TEST_CASE("log: what is no longer the caller's is refused") {
  QueueOfTest q;
  q.add({job("a")});
  uint64_t token = q.take(1).token;
  std::vector<LogBatch> batches{{"a", token - 1, std::nullopt, {"1 1 x"}},
                                {"nobody", token, "1", {}}};
  CHECK(test::text_of(q.run(append_log(q.keys, batches)).view()) == "a nobody");
  CHECK(q.say({"EXISTS", q.keys("logs"), q.keys.log("a")}) == "0");
}
