#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;

namespace {

struct Refusals : QueueOfTest {
  // As they stand in the list after an intake has refused them.
  std::string refuse(const std::string& raw, const std::string& id) {
    say({"LPUSH", keys("inbox"), raw});
    InboxEntry entry{raw, std::nullopt, "no", id};
    run(intake(keys, keys("inbox"), new_nonce(), 100, {&entry, 1}));
    return say({"LINDEX", keys("rejected"), "0"});
  }
  int64_t move(bool retry, const std::vector<std::string>& stored) {
    auto reply = run(unreject(keys, retry, stored));
    auto moved = parse_unreject(reply.view());
    REQUIRE(moved.ok());
    return *moved;
  }
};

}  // namespace

TEST_CASE("unreject: back into the inbox in their order, and nobody reads the old refusal") {
  Refusals q;
  auto one = q.refuse("one", "a");
  auto two = q.refuse("two\nof two lines", "");
  CHECK_THAT(q.outcome("a"), Contains("rejected"));
  CHECK(q.move(true, {one, two}) == 2);
  CHECK(q.say({"LRANGE", q.keys("inbox"), "0", "-1"}) == "two\nof two lines one");
  CHECK(q.say({"LLEN", q.keys("rejected")}) == "0");
  CHECK(q.outcome("a").empty());
}

TEST_CASE("unreject: an entry that is gone is not put back a second time") {
  Refusals q;
  auto one = q.refuse("one", "a");
  CHECK(q.move(false, {one}) == 1);
  CHECK(q.outcome("a").empty());
  CHECK(q.move(true, {one}) == 0);
  CHECK(q.say({"LLEN", q.keys("inbox")}) == "0");
}

TEST_CASE("unreject: of equal entries each is one") {
  Refusals q;
  auto one = q.refuse("one", "");
  q.say({"LPUSH", q.keys("rejected"), one});
  CHECK(q.move(true, {one}) == 1);
  CHECK(q.say({"LLEN", q.keys("rejected")}) == "1");
}

TEST_CASE("unreject: the outcome of a job, and of a later refusal, stays") {
  Refusals q;
  auto one = q.refuse("one", "a");
  auto old = q.refuse("old", "b");
  q.add({job("a")});
  q.report(1, {ended("a", q.take(1).token)});
  std::string later = R"({"state":"rejected","attempt":0,"result":null,"reason":"no",)"
                      R"("started_at":null,"finished_at":"2999-01-01T00:00:00.000Z","errors":[]})";
  q.say({"HSET", q.keys("outcomes"), "b", later});
  CHECK(q.move(true, {one, old}) == 2);
  CHECK_THAT(q.outcome("a"), Contains("done"));
  CHECK(q.outcome("b") == later);
}
