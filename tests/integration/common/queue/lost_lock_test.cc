// An entry of `locks` is lost, or says another id, while its holder runs: nobody is given the
// resource beside it, or for no longer than until its next heartbeat.
#include "common/queue/repair.h"
#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Word = BeatAnswer::Word;

namespace {

struct Resource : QueueOfTest {
  Resource() {
    add({job("first", "r")});
    first = take(1, 1, "one").token;
  }
  std::string holder() const { return say({"HGET", keys("locks"), "r"}); }
  void lose_lock() const { say({"DEL", keys("locks")}); }
  void lock_as(const std::string& id) const { say({"HSET", keys("locks"), "r", id}); }
  // Another job with the resource, given though the first runs: nobody waited, so nobody noticed.
  uint64_t run_second() {
    lose_lock();
    add({job("second", "r")});
    Given given = take(1, 1, "two");
    REQUIRE(given.ids == std::vector<std::string>{"second"});
    return given.token;
  }
  std::string beat_of(std::vector<Beat> beats) {
    std::string said;
    for (const auto& answer : beat(beats)) {
      const char* word = answer.word == Word::kTaken    ? "taken"
                         : answer.word == Word::kLocked ? "locked"
                         : answer.word == Word::kCancel ? "cancel"
                                                        : "lost";
      said += (said.empty() ? "" : " ") + answer.id + " " + word;
    }
    return said;
  }
  Beat one() const { return {"first", first, true, Limits{}}; }
  std::vector<std::string> relocked() {
    const Relock lock{"r", ""};
    auto reply = run(relock(keys, {&lock, 1}));
    std::vector<std::string> what;
    auto repairs = parse_relock(keys, reply.view()).value();
    for (const auto& repair : repairs) {
      what.push_back(repair.id + ": " + repair.what);
    }
    return what;
  }

  uint64_t first = 0;
};

}  // namespace

TEST_CASE("lost lock: the next heartbeat of who runs sets it again, whatever it said") {
  Resource q;
  SECTION("gone") {
    q.lose_lock();
  }
  SECTION("nobody's") {
    q.lock_as("nobody");
  }
  SECTION("a waiting job's") {
    q.add({job("waiting", "r")});
    q.lock_as("waiting");
  }
  SECTION("that of an attempt which has another resource") {
    q.add({job("other", "s")});
    q.take(1, 1, "two");
    q.lock_as("other");
  }
  SECTION("that of an attempt whose value cannot be read") {
    q.say({"HSET", q.keys("active"), "other", "garbage"});
    q.lock_as("other");
  }
  CHECK(q.beat_of({q.one()}) == "first locked");
  CHECK(q.holder() == "first");
  CHECK(q.beat_of({q.one()}).empty());
}

TEST_CASE("lost lock: of two attempts of a resource the earlier is told to stop, unrenewed") {
  Resource q;
  q.beat({q.one()});
  q.say({"ZADD", q.keys("leases"), "1", "first"});
  uint64_t second = q.run_second();
  SECTION("the lock is the later one's") {}
  SECTION("the lock is lost once more") {
    q.lose_lock();
  }
  SECTION("the lock is the earlier one's") {
    q.lock_as("first");
  }
  CHECK(q.beat_of({{"second", second, true, Limits{}}}).find("taken") == std::string::npos);
  CHECK(q.holder() == "second");
  CHECK(q.beat_of({q.one()}) == "first taken");
  CHECK(q.say({"ZSCORE", q.keys("leases"), "first"}) == "1");
  // Its worker gives it back: it waits for the later one, and its end is no failure.
  auto back = q.give_back({{"first", q.first, Release::How::kInterrupted}});
  CHECK(back.at(0).place == Place::kPending);
  CHECK(q.take(2, 10, "two").ids.empty());
  CHECK(q.where("first") == "blocked");
  q.report(1, {ended("second", second)});
  CHECK(q.take(3, 10, "two").ids == std::vector<std::string>{"first"});
}

TEST_CASE("lost lock: two attempts of one worker are told apart in one heartbeat") {
  Resource q;
  uint64_t second = q.run_second();
  const bool held_by_the_earlier = GENERATE(false, true);
  held_by_the_earlier ? q.lock_as("first") : q.lose_lock();
  Beat two{"second", second, true, Limits{}};
  SECTION("the earlier first") {
    CHECK(q.beat_of({q.one(), two}) == "first taken second locked");
  }
  SECTION("the later first") {
    CHECK(q.beat_of({two, q.one()}) == "second locked first taken");
  }
  CHECK(q.holder() == "second");
  CHECK(q.say({"ZSCORE", q.keys("leases"), "first"}).empty());
}

TEST_CASE("lost lock: the earlier goes on if the later one has ended before it was told") {
  Resource q;
  uint64_t second = q.run_second();
  q.report(1, {ended("second", second)});
  CHECK(q.beat_of({q.one()}) == "first locked");
}

TEST_CASE("lost lock: a claim does not overtake those who wait") {
  Resource q;
  q.add({job("second", "r")});
  CHECK(q.take(1, 10, "two").ids.empty());
  q.lose_lock();
  q.add({job("third", "r")});
  CHECK(q.take(2, 10, "two").ids.empty());
  CHECK(q.where("third") == "blocked");
  // Strangers in the line do not wait.
  QueueOfTest other;
  other.say({"ZADD", other.keys.blocked("r"), "1", "stranger"});
  other.say({"ZADD", other.keys("blocked"), "1", "somebody"});
  other.add({job("a", "r")});
  CHECK(other.take(1).ids == std::vector<std::string>{"a"});
}

TEST_CASE("lost lock: a repair finds who runs before it hands the resource on") {
  Resource q;
  q.add({job("second", "r")});
  CHECK(q.take(1, 10, "two").ids.empty());
  SECTION("gone") {
    q.lose_lock();
    CHECK(q.relocked() ==
          std::vector<std::string>{"first: resource r free while jobs wait -> held by first"});
  }
  SECTION("nobody's") {
    q.lock_as("nobody");
    CHECK(q.relocked().size() == 1);
  }
  SECTION("its value cannot be read, its record can") {
    q.lose_lock();
    q.say({"HSET", q.keys("active"), "first", "garbage"});
    CHECK(q.relocked().size() == 1);
  }
  SECTION("a waiter is mended") {
    q.lose_lock();
    const Mend it{"second", {}, ""};
    CHECK(parse_mend(q.run(mend(q.keys, 100, 0, {&it, 1})).view()).value().size() == 1);
  }
  SECTION("a waiter that cannot run holds it, and is mended") {
    q.say({"HSET", q.keys("jobs"), "second", "r\nspoilt"});
    q.lock_as("second");
    const Mend it{"second", {}, ""};
    CHECK(parse_mend(q.run(mend(q.keys, 100, 0, {&it, 1})).view()).value().size() == 1);
    CHECK(q.where("second") == "failed");
  }
  CHECK(q.holder() == "first");
  CHECK(q.where("second") != "pending");
}

TEST_CASE("lost lock: where nobody can know who runs, the repair waits") {
  Resource q;
  q.add({job("second", "r")});
  CHECK(q.take(1, 10, "two").ids.empty());
  SECTION("value and record are lost") {
    q.say({"HSET", q.keys("active"), "first", "garbage"});
    q.say({"HDEL", q.keys("jobs"), "first"});
  }
  SECTION("too many run to be looked at") {
    q.say({"EVAL", "for i = 1, 20001 do redis.call('HSET', KEYS[1], i, '1 w 1 1 - - - ') end", "1",
           q.keys("active")});
  }
  q.lock_as("nobody");
  CHECK(q.relocked().empty());
  CHECK(q.holder() == "nobody");
  CHECK(q.where("second") == "blocked");
  q.say({"DEL", q.keys("active")});
  CHECK(q.relocked().size() == 1);
  CHECK(q.holder() == "second");
}

TEST_CASE("lost lock: the latest of many attempts holds the resource after a repair") {
  QueueOfTest q;
  q.say(
      {"EVAL",
       "for i = 1, 9999 do redis.call('HSET', KEYS[1], 'a' .. i, i .. ' w 1@7 1 - - - r' .. i % 3) "
       "end",
       "1", q.keys("active")});
  q.say({"HSET", q.keys("locks"), "r0", "nobody"});
  const Relock lock{"r0", ""};
  q.run(relock(q.keys, {&lock, 1}));
  CHECK(q.say({"HGET", q.keys("locks"), "r0"}) == "a9999");
}
