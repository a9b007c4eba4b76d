#include "common/queue/forget.h"

#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;

namespace {

// A queue that is paused and holds nothing. Whoever deletes it sends its commands by ask(), which
// lets `before` come in between.
struct UnusedQueue : QueueOfTest {
  std::function<Result<void>(const redis::Command&)> before;

  UnusedQueue() {
    run(pause_queue(keys));
    say({"SADD", "stint:queues", keys.queue()});
  }
  AskOne ask = [this](const redis::Command& command) -> Result<redis::OwnedReply> {
    if (auto gone_on = before ? before(command) : Result<void>(); !gone_on) {
      return gone_on.error();
    }
    return client.run(command);
  };
  Result<Forgotten> forget() { return forget_for_good(ask, keys, "stint"); }
  Forgotten::Status foreseen() {
    auto answer = foresee_forgetting(ask, keys, "stint");
    REQUIRE(answer.ok());
    return answer->status;
  }
  bool is_listed() const { return say({"SISMEMBER", "stint:queues", keys.queue()}) == "1"; }
};

}  // namespace

TEST_CASE("forget: keys and name are gone, and there is no such queue") {
  UnusedQueue q;
  CHECK(q.foreseen() == Forgotten::Status::kGone);
  CHECK(q.say({"EXISTS", q.keys("paused")}) == "1");
  CHECK(q.forget()->status == Forgotten::Status::kGone);
  CHECK_FALSE(q.is_listed());
  CHECK(q.say({"EXISTS", q.keys("paused")}) == "0");
  CHECK(q.foreseen() == Forgotten::Status::kNone);
}

TEST_CASE("forget: a worker that lives counts, however many have left within the minute") {
  UnusedQueue q;
  const std::string half_a_minute_ago = std::to_string((std::stoll(q.say({"TIME"})) - 30) * 1'000);
  std::vector<std::string> left{"ZADD", q.keys("workers")};
  for (int i = 0; i < 1'200; ++i) {
    left.insert(left.end(), {half_a_minute_ago, "gone-" + std::to_string(i)});
  }
  q.say(left);
  CHECK(q.foreseen() == Forgotten::Status::kGone);
  const std::vector<std::pair<std::string, std::string>> fields{{"host", "h"}};
  q.run(announce(q.keys, "lives", milliseconds(30'000), fields, {}));
  CHECK(q.foreseen() == Forgotten::Status::kWorkers);
}

TEST_CASE("forget: whoever dies in the middle leaves what the next deletion takes off") {
  const std::string last = GENERATE("SREM", "second look");
  UnusedQueue q;
  int looks = 0;
  q.before = [&](const redis::Command& command) -> Result<void> {
    looks += command.script != nullptr ? 1 : 0;
    bool dies = last == "SREM" ? command.args.front() == last : looks == 2;
    return dies ? Result<void>(Error{ErrorCode::kUnavailable, "dead"}) : Result<void>();
  };
  REQUIRE_FALSE(q.forget().ok());
  CHECK(q.say({"EXISTS", q.keys("paused")}) == "0");
  CHECK(q.is_listed() == (last == "SREM"));  // an empty queue on the list, but no keys off it
  q.before = nullptr;
  CHECK(q.foreseen() == (last == "SREM" ? Forgotten::Status::kGone : Forgotten::Status::kNone));
  CHECK(q.forget()->status == Forgotten::Status::kGone);
  CHECK_FALSE(q.is_listed());
}

TEST_CASE("forget: a queue that gets a job meanwhile is on the list, whenever that is") {
  const int when = GENERATE(0, 1, 2);
  UnusedQueue q;
  int commands = 0;
  q.before = [&](const redis::Command&) -> Result<void> {
    if (commands++ == when) {
      q.add({job("a")});
    }
    return {};
  };
  auto answer = q.forget();
  REQUIRE(answer.ok());
  CHECK(answer->status == Forgotten::Status::kJobs);
  CHECK(q.is_listed());
  CHECK(q.say({"HLEN", q.keys("jobs")}) == "1");
}
