#include "tests/integration/common/queue/queue_of_test.h"
#include "tests/support/eventually.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;

namespace {

std::vector<Swept> sweep_now(QueueOfTest& q, const std::vector<Suspect>& suspects) {
  auto reply = q.run(sweep(q.keys, milliseconds(60'000), suspects));
  auto out = parse_sweep(reply.view());
  REQUIRE(out.ok());
  return std::move(out).value();
}

Moved moved(QueueOfTest& q, const redis::Command& command) {
  auto reply = q.run(command);
  auto out = parse_moved(reply.view());
  REQUIRE(out.ok());
  return *out;
}

}  // namespace

TEST_CASE("sweep: what never started goes back uncounted, as the next, with its lock") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r")});
  q.take(1);
  auto out = sweep_now(q, {seen(q, "a")});
  REQUIRE(out.size() == 1);
  CHECK(out[0].place == Place::kPending);
  CHECK(q.counters("a") == "0 0 1 0");
  CHECK(q.take(1, 1, "another").ids == std::vector<std::string>{"a"});
}

TEST_CASE("sweep: what started counts as lost, by the limits that its worker stored") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  Given given = q.take(1);
  Limits patient;
  patient.retries = 1;
  patient.backoff = Backoff{0};
  q.beat({{"a", given.token, true, patient}, {"b", given.token, true, Limits{}}});
  auto out = sweep_now(q, {seen(q, "a"), seen(q, "b")});
  REQUIRE(out.size() == 2);
  CHECK(out[0].place == Place::kPending);
  CHECK(out[1].place == Place::kFailed);
  CHECK(q.counters("a") == "1 1 0 0");
  CHECK_THAT(q.outcome("b"),
             Contains(R"("reason":"lost")") && Contains("no heartbeat for a whole lease"));
  CHECK(q.stat("lost") == "2");
}

TEST_CASE("sweep: a job whose host dies again and again comes to an end, whatever its retries") {
  QueueOfTest q;
  JobSpec patient = job("ran");
  patient.limits.retries = 100;
  patient.limits.backoff = Backoff{0};
  q.add({patient});
  for (uint64_t death = 1; death <= 3; ++death) {
    Given given = q.take(death);
    Limits limits;
    limits.retries = 100;
    limits.backoff = Backoff{0};
    q.beat({{"ran", given.token, true, limits}});
    auto out = sweep_now(q, {seen(q, "ran")});
    REQUIRE(out.size() == 1);
    CHECK(out[0].place == (death < 3 ? Place::kPending : Place::kFailed));
  }
  CHECK_THAT(q.outcome("ran"), Contains(R"("state":"failed","attempt":3,)"));

  q.add({job("never ran")});
  for (uint64_t death = 1; death <= 10; ++death) {
    q.take(10 + death);
    auto out = sweep_now(q, {seen(q, "never ran")});
    REQUIRE(out.size() == 1);
    CHECK(out[0].place == (death < 10 ? Place::kPending : Place::kFailed));
  }
  CHECK_THAT(q.outcome("never ran"),
             Contains(R"("state":"failed","attempt":0,)") && Contains(R"("kind":"lost")"));
}

TEST_CASE("sweep: an attempt that was renewed or ended since is left alone, sent twice too") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  Given given = q.take(1);
  auto before = seen(q, "a");
  q.beat({{"a", given.token, false, Limits{}}});
  CHECK(sweep_now(q, {before}).empty());
  auto other = seen(q, "b");
  q.report(1, {ended("b", given.token)});
  CHECK(sweep_now(q, {other}).empty());
  auto now = seen(q, "a");
  CHECK(sweep_now(q, {now, now}).size() == 1);
  CHECK(sweep_now(q, {now}).empty());
  CHECK(q.where("a") == "pending");
}

TEST_CASE("sweep: a job that was told to stop is cancelled, a malformed attempt fails") {
  QueueOfTest q;
  q.add({job("a"), job("b", "r")});
  q.take(1);
  std::string id = "a";
  q.run(cancel_jobs(q.keys, milliseconds(1), std::nullopt, {&id, 1}));
  q.say({"HSET", q.keys("active"), "b", "spoilt"});
  auto out = sweep_now(q, {seen(q, "a"), seen(q, "b")});
  REQUIRE(out.size() == 2);
  CHECK(out[0].place == Place::kDone);
  CHECK(out[1].place == Place::kFailed);
  CHECK(q.say({"EXISTS", q.keys("locks"), q.keys("active"), q.keys("cancels")}) == "0");
}

TEST_CASE("promote: what is due goes to the end of the line, and it says when the next is") {
  QueueOfTest q;
  auto soon = job("a");
  soon.delay = milliseconds(1);
  auto late = job("b");
  late.delay = milliseconds(60'000);
  q.add({soon, late, job("c")});
  Moved first;
  CHECK(test::eventually(test::kSoon, [&] {
    first = moved(q, promote(q.keys));
    return first.count == 1;
  }));
  REQUIRE(first.next.has_value());
  CHECK(first.next->count() > 50'000);
  CHECK(q.take(1).ids == std::vector<std::string>{"c", "a"});
  CHECK(moved(q, promote(q.keys)).count == 0);
}

TEST_CASE(
    "promote: what a wait was given and nobody claimed goes back to the tail of pending, and wakes "
    "who waits") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c"), job("d")});
  for (int i = 0; i < 2; ++i) {  // as a worker does that is stopped before its claim
    q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
  }
  // Whoever gets it next may be dead too: so it is looked at again at once, not in a second.
  auto again = moved(q, promote(q.keys));
  CHECK(again.count == 0);
  CHECK(again.next == milliseconds(50));
  CHECK(q.say({"LLEN", q.keys("reserved")}) == "0");
  CHECK(q.say({"LLEN", q.keys("pending")}) == "4");
  CHECK_FALSE(moved(q, promote(q.keys)).next);
  CHECK(q.take(4).ids == std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("expire: what was kept long enough is gone, under pressure also the rest") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  Given given = q.take(1);
  Ended a = ended("a", given.token);
  a.limits.keep = milliseconds(1);
  q.report(1, {a, ended("b", given.token)});
  Moved first;
  CHECK(test::eventually(test::kSoon, [&] {
    first = moved(q, expire(q.keys));
    return first.count == 1;
  }));
  CHECK(first.next.has_value());
  CHECK(q.where("a") == "none");
  q.say({"SET", q.keys("pressure"), "1"});
  Moved second = moved(q, expire(q.keys));
  CHECK(second.count == 1);
  CHECK(!second.next.has_value());
  CHECK(q.stat("kept_bytes") == "0");
  CHECK(q.say({"EXISTS", q.keys("jobs"), q.keys("outcomes")}) == "0");
}

TEST_CASE("epoch: another Redis makes tokens jump by a minute, the same one does not") {
  QueueOfTest q;
  CHECK(test::text_of(q.run(epoch(q.keys, "one")).view()) == "bumped");
  std::string fence = q.say({"GET", q.keys("fence")});
  CHECK(test::text_of(q.run(epoch(q.keys, "one")).view()) == "same");
  CHECK(q.say({"GET", q.keys("fence")}) == fence);
  CHECK(test::text_of(q.run(epoch(q.keys, "two")).view()) == "bumped");
  CHECK(std::stoull(q.say({"GET", q.keys("fence")})) >= std::stoull(fence) + 60'000'000);
}

TEST_CASE("announce: a worker is listed until its ttl is over, and one that was closed is not") {
  QueueOfTest q;
  std::vector<std::pair<std::string, std::string>> fields{{"host", "here"}, {"pid", "12"}};
  std::vector<std::string> tasks{"echo", "sleep"};
  CHECK(test::text_of(q.run(announce(q.keys, "w", milliseconds(60'000), fields, tasks)).view()) ==
        "ok");
  CHECK(q.say({"HGET", q.keys.worker("w"), "host"}) == "here");
  CHECK(std::stoi(q.say({"PTTL", q.keys.worker("w")})) > 50'000);
  CHECK(q.say({"HEXISTS", q.keys("tasks"), "sleep"}) == "1");
  q.run(close_worker(q.keys, "w"));
  CHECK(test::text_of(q.run(announce(q.keys, "w", milliseconds(60'000), fields, tasks)).view()) ==
        "closed");
  CHECK(q.say({"EXISTS", q.keys.worker("w")}) == "0");
}

TEST_CASE("announce: a table of tasks that was lost is written anew for all who live") {
  QueueOfTest q;
  auto says = [&q](const std::string& worker, const std::string& tasks,
                   const std::vector<std::string>& own) {
    const std::vector<std::pair<std::string, std::string>> fields{{"tasks", tasks}};
    q.run(announce(q.keys, worker, milliseconds(60'000), fields, own));
  };
  says("other", "theirs,also", {"theirs", "also"});
  says("lapsed", "nobodys", {"nobodys"});
  q.say({"DEL", q.keys.worker("lapsed")});
  says("none", "", {});
  const std::string said = q.say({"ZSCORE", q.keys("workers"), "other"});
  q.say({"DEL", q.keys("tasks")});
  says("w", "mine,more", {"mine", "more"});
  CHECK(q.say({"HMGET", q.keys("tasks"), "theirs", "also"}) == said + " " + said);
  CHECK(q.say({"HLEN", q.keys("tasks")}) == "4");
}

TEST_CASE("announce: a day after its last word a worker is forgotten") {
  QueueOfTest q;
  q.take(1, 1, "old");
  q.say({"ZADD", q.keys("workers"), "1000", "old"});
  q.run(announce(q.keys, "w", milliseconds(60'000), {}, {}));
  CHECK(q.say({"HEXISTS", q.keys("claims"), "old"}) == "0");
  CHECK(q.say({"ZRANGE", q.keys("workers"), "0", "-1"}) == "w");
}
