// A zombie: a worker that was away for longer than its lease, whose job another has taken since.
// Whatever it says with its old token is refused, and nothing of the new attempt changes.
#include <functional>
#include <map>

#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;

namespace {

// The job "a" was swept from worker "old" and is now run by "new".
struct Taken : QueueOfTest {
  uint64_t old_token = 0;
  uint64_t new_token = 0;

  Taken() {
    add({job("a", "r"), job("b", "r")});
    old_token = take(1, 10, "old").token;
    Suspect suspect{"a", say({"HGET", keys("active"), "a"}), ""};
    run(sweep(keys, milliseconds{60'000}, {&suspect, 1}));
    new_token = take(1, 1, "new").token;
    REQUIRE(new_token > old_token);
  }
  std::string state() {
    std::string all;
    for (const char* name : {"jobs", "active", "locks", "outcomes", "errors", "logs", "stats"}) {
      all += say({"HGETALL", keys(name)}) + "\n";
    }
    for (const char* name : {"leases", "failed", "done", "scheduled", "blocked"}) {
      all += say({"ZRANGE", keys(name), "0", "-1", "WITHSCORES"}) + "\n";
    }
    return all + say({"LRANGE", keys("pending"), "0", "-1"});
  }
};

void is_refused(const std::string& answer,
                const std::function<redis::Command(const Taken&)>& verb) {
  Taken q;
  std::string before = q.state();
  INFO(answer);
  CHECK(test::text_of(q.run(verb(q)).view()) == answer);
  CHECK(q.state() == before);
  CHECK(q.where("a") == "active");
}

}  // namespace

TEST_CASE("zombie: its heartbeat is told that the lease is lost, and renews nothing") {
  is_refused("a lost", [](const Taken& q) {
    Beat beat{"a", q.old_token, true, Limits{}};
    return heartbeat(q.keys, "old", {&beat, 1});
  });
}

TEST_CASE("zombie: its progress and its log lines are refused") {
  is_refused("a", [](const Taken& q) {
    LogBatch batch{"a", q.old_token, R"({"step":1})", {}};
    return append_log(q.keys, {&batch, 1});
  });
  is_refused("a", [](const Taken& q) {
    LogBatch batch{"a", q.old_token, std::nullopt, {"1 1 late"}};
    return append_log(q.keys, {&batch, 1});
  });
}

TEST_CASE("zombie: its success, its failure and its crash are refused") {
  for (EndKind kind : {EndKind::kOk, EndKind::kError, EndKind::kTimeout, EndKind::kCrash,
                       EndKind::kLost, EndKind::kCancelled, EndKind::kCorrupt}) {
    is_refused("lost_lease 1", [kind](const Taken& q) {
      Ended end = ended("a", q.old_token, kind);
      return finish(q.keys, "old", 0, {}, {&end, 1});
    });
  }
}

TEST_CASE("zombie: a success of which nothing is kept is refused") {
  is_refused("lost_lease 1", [](const Taken& q) {
    Ended end = ended("a", q.old_token);
    end.limits.keep = milliseconds(0);
    return finish(q.keys, "old", 1, {}, {&end, 1});
  });
}

TEST_CASE("zombie: whatever it gives back is refused") {
  for (auto how : {Release::How::kFree, Release::How::kElsewhere, Release::How::kInterrupted}) {
    is_refused("lost_lease", [how](const Taken& q) {
      Release back{"a", q.old_token, how, milliseconds{0}};
      return release(q.keys, "old", {&back, 1});
    });
  }
}

TEST_CASE("zombie: closing it takes nothing from its successor") {
  is_refused("", [](const Taken& q) { return close_worker(q.keys, "old"); });
}

TEST_CASE("epoch: a Redis that lost everything gives larger tokens than any worker remembers") {
  QueueOfTest q;
  q.run(epoch(q.keys, "one"));
  q.add({job("a")});
  // Its clock was an hour ahead, or it was restarted sixty times: far above the clock's.
  q.say({"SET", q.keys("fence"), "8000000000000000"});
  uint64_t before = q.take(1).token;
  q.say({"FLUSHALL"});
  CHECK(test::text_of(q.run(epoch(q.keys, "two")).view()) == "bumped");  // of one that knows none
  CHECK(test::text_of(q.run(epoch(q.keys, "two", before)).view()) == "bumped");
  CHECK(test::text_of(q.run(epoch(q.keys, "two", before)).view()) == "same");
  q.add({job("b")});
  CHECK(q.take(1).token > before);
}

TEST_CASE("token: a fence too large to count on is garbage, and no token is given twice") {
  QueueOfTest q;
  q.run(epoch(q.keys, "one"));
  q.add({job("a"), job("b"), job("c")});
  uint64_t first = q.take(1, 1).token;
  q.say({"SET", q.keys("fence"), GENERATE("9007199254740992", "9999999999999999")});
  uint64_t second = q.take(2, 1).token;
  uint64_t third = q.take(3, 1).token;
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third < 9'000'000'000'000'000);
  // Nor is one that a worker may have been given.
  CHECK(test::text_of(q.run(epoch(q.keys, "one", 9'999'999'999'999'999)).view()) == "same");
}

TEST_CASE("token: without a fence it is larger than those of all that run, whatever the clock") {
  QueueOfTest q;
  // Redis' clock was a day ahead when this one was claimed.
  uint64_t ahead = static_cast<uint64_t>(now_wall_ms() + 86'400'000) * 1'000;
  q.say({"HSET", q.keys("active"), "ahead", std::to_string(ahead) + " w 1@7 30000 0 3 1000 "});
  q.say({"HSET", q.keys("active"), "spoilt", "garbage"});
  std::string fence = GENERATE("", "garbage");
  if (!fence.empty()) {
    q.say({"SET", q.keys("fence"), fence});
  }
  if (GENERATE(false, true)) {
    q.run(epoch(q.keys, "another"));
  }
  q.add({job("a")});
  CHECK(q.take(1, 1, "v").token > ahead);
}

TEST_CASE("token: it grows though fence and run are lost") {
  QueueOfTest q;
  q.run(epoch(q.keys, "one"));
  q.add({job("a"), job("b")});
  uint64_t before = q.take(1, 1).token;
  q.say({"DEL", q.keys("fence"), q.keys("run")});
  CHECK(q.take(2, 1).token > before);
}
