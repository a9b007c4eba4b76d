#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;
using Ids = std::vector<std::string>;

TEST_CASE("release: jobs go back uncounted, are next in their order and keep their locks") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b"), job("c", "r"), job("d")});
  Given given = q.take(1, 3);
  REQUIRE(given.ids == Ids{"a", "b"});
  auto out = q.give_back({{"a", given.token}, {"b", given.token}});
  CHECK(out[0].place == Place::kPending);
  CHECK(q.where("c") == "blocked");
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "a");
  CHECK(q.take(2, 2).ids == Ids{"a", "b"});
  CHECK(q.counters("a") == "0 0 0 0");
  CHECK(q.stat("attempts").empty());
}

TEST_CASE("release: with a delay the lock goes to the next") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r")});
  Given given = q.take(1);
  auto out = q.give_back({{"a", given.token, Release::How::kElsewhere, milliseconds(1'000)}});
  CHECK(out[0].place == Place::kScheduled);
  CHECK(q.take(2).ids == Ids{"b"});
}

TEST_CASE("release: an interrupted attempt counts a loss, the tenth ends the job as lost") {
  QueueOfTest q;
  q.add({job("a")});
  for (uint64_t i = 1; i <= 9; ++i) {
    CHECK(q.give_back({{"a", q.take(i).token, Release::How::kInterrupted}})[0].place ==
          Place::kPending);
  }
  CHECK(q.counters("a") == "0 0 9 0");
  CHECK(q.give_back({{"a", q.take(10).token, Release::How::kInterrupted}})[0].place ==
        Place::kFailed);
  CHECK_THAT(q.outcome("a"),
             Contains(R"("state":"failed","attempt":0,)") && Contains(R"("kind":"lost")"));
}

TEST_CASE("release: a job that was told to stop is cancelled or gone") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  Given given = q.take(1);
  Ids first{"a"};
  Ids second{"b"};
  q.run(cancel_jobs(q.keys, milliseconds(1'000), std::nullopt, first));
  q.run(delete_jobs(q.keys, true, std::nullopt, second));
  auto out = q.give_back({{"a", given.token}, {"b", given.token}});
  CHECK(out[0].place == Place::kDone);
  CHECK(out[1].place == Place::kGone);
  CHECK_THAT(q.outcome("a"),
             Contains("\"state\":\"cancelled\"") && Contains("\"finished_at\":\"2"));
}

TEST_CASE("release: sent twice, or by another, it changes nothing") {
  QueueOfTest q;
  q.add({job("a")});
  Given given = q.take(1);
  CHECK(q.give_back({{"a", given.token}, {"a", given.token}})[1].lost_lease);
  CHECK(q.give_back({{"a", given.token}})[0].lost_lease);
  CHECK(q.say({"LLEN", q.keys("pending")}) == "1");
}

TEST_CASE("close: what the last claim gave and nobody settled goes back, and no claim gives more") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b"), job("c"), job("d")});
  Given given = q.take(1, 3);
  q.report(1, {ended("b", given.token)});
  q.beat({{"c", given.token, true, Limits{}}});
  CHECK(test::text_of(q.run(close_worker(q.keys, "w")).view()) == "a");
  CHECK(q.where("a") == "pending");
  CHECK(q.where("c") == "active");
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "a");
  CHECK(q.take(1, 3).status == Claimed::Status::kClosed);
  CHECK(q.take(2, 3).ids.empty());
  CHECK(q.take(1, 3, "another").ids == Ids{"a", "d"});
}

TEST_CASE("close: sent twice, or for a worker that never claimed, it gives nothing back") {
  QueueOfTest q;
  q.add({job("a")});
  CHECK(test::text_of(q.run(close_worker(q.keys, "w")).view()).empty());
  CHECK(q.take(1).status == Claimed::Status::kClosed);
  CHECK(q.take(1, 1, "another").ids == Ids{"a"});
  CHECK(test::text_of(q.run(close_worker(q.keys, "w")).view()).empty());
  CHECK(q.where("a") == "active");
}
