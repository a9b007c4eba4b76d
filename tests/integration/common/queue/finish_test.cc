#include "tests/integration/common/queue/queue_of_test.h"
#include "tests/support/daemon.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;

namespace {

Ended failing(const std::string& id, uint64_t token, int retries, int64_t backoff,
              EndKind kind = EndKind::kError) {
  Ended e = ended(id, token, kind);
  e.limits.retries = retries;
  e.limits.backoff = Backoff{backoff};
  return e;
}

}  // namespace

TEST_CASE("finish: a success is kept with its outcome") {
  QueueOfTest q;
  q.add({job("a")});
  Ended e = ended("a", q.take(1).token);
  e.body = R"({"x":[]})";
  CHECK(q.report(1, {e})[0].place == Place::kDone);
  CHECK(
      q.outcome("a") ==
      R"({"state":"done","attempt":1,"result":{"x":[]},"reason":null,)"
      R"("started_at":"2025-11-20T17:56:27.123Z","finished_at":"2025-11-20T17:56:28.123Z","errors":[]})");
  CHECK(q.stat("succeeded") == "1");
  CHECK(q.stat("attempts") == "1");
}

TEST_CASE("finish: outcomes that are the same travel once, and each job has its own") {
  QueueOfTest q;
  const bool the_long_way = GENERATE(false, true);
  q.add({job("a"), job("b"), job("c"), job("d")});
  uint64_t token = q.take(4).token;
  std::vector<Ended> all{ended("a", token), ended("b", token), ended("c", token),
                         ended("d", token)};
  all[2].body = "7";
  auto words = finish(q.keys, "w", 1, KeepBounds{}, all).args;
  CHECK(std::count(words.begin(), words.end(), "") == 2);  // plain ones, and b's
  if (the_long_way) {
    q.say({"HSET", q.keys("errors"), "d", R"({"message":"earlier"})"});
  }
  CHECK(q.report(1, all)[3].place == Place::kDone);
  CHECK_THAT(q.outcome("a"), Contains(R"("result":null,)"));
  CHECK(q.outcome("b") == q.outcome("a"));
  CHECK_THAT(q.outcome("c"), Contains(R"("result":7,)"));
  CHECK_THAT(q.outcome("d"), Contains(R"("result":null,)"));
  CHECK((q.outcome("d") == q.outcome("a")) != the_long_way);
}

TEST_CASE("finish: with keep 0, and while Redis is under pressure, a success is gone") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  Given given = q.take(1);
  Ended a = ended("a", given.token);
  a.limits.keep = milliseconds(0);
  CHECK(q.report(1, {a})[0].place == Place::kGone);
  q.say({"SET", q.keys("pressure"), "1"});
  CHECK(q.report(2, {ended("b", given.token)})[0].place == Place::kGone);
  CHECK(q.say({"EXISTS", q.keys("jobs"), q.keys("outcomes"), q.keys("done"), q.keys("active")}) ==
        "0");
}

TEST_CASE("finish: without the current token nothing changes") {
  QueueOfTest q;
  q.add({job("a", "r")});
  uint64_t token = q.take(1).token;
  CHECK(q.report(1, {ended("a", token - 1)})[0].lost_lease);
  CHECK(q.report(2, {ended("nobody", token)})[0].lost_lease);
  CHECK(q.where("a") == "active");
  auto twice = q.report(3, {ended("a", token), ended("a", token)});
  CHECK(twice[0].place == Place::kDone);
  CHECK(twice[1].lost_lease);
}

TEST_CASE("finish: sent twice it answers the same, an older one changes nothing") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  uint64_t token = q.take(1).token;
  CHECK(q.report(1, {ended("a", token)})[0].place == Place::kDone);
  CHECK(q.report(1, {ended("a", token)})[0].place == Place::kDone);
  CHECK(q.report(2, {failing("b", token, 1, 0)})[0].place == Place::kPending);
  CHECK(q.report(1, {ended("a", token)})[0].lost_lease);
  CHECK(q.report(2, {failing("b", token, 1, 0)})[0].place == Place::kPending);
  CHECK(q.stat("attempts") == "2");
}

TEST_CASE("finish: a failure with retries left waits for its backoff, without its lock") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r")});
  Given given = q.take(1);
  CHECK(q.report(1, {failing("a", given.token, 1, 60'000)})[0].place == Place::kScheduled);
  double due = std::stod(q.say({"ZSCORE", q.keys("scheduled"), "a"}));
  double now = std::stod(q.say({"TIME"}).substr(0, 10)) * 1000;
  CHECK(due - now > 48'000);
  CHECK(due - now < 71'000);
  CHECK(q.take(2).ids == std::vector<std::string>{"b"});
  CHECK(q.counters("a") == "1 0 0 0");
  CHECK_THAT(q.say({"HGET", q.keys("errors"), "a"}), Contains("no luck"));
  CHECK(q.outcome("a").empty());
}

TEST_CASE("finish: a fixed backoff is exact, and none puts it back at the end of the line") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c")});
  Given given = q.take(1, 2);
  auto redis_ms = [&q] {
    std::string time = q.say({"TIME"});  // "SECONDS MICROSECONDS"
    return std::stoll(time) * 1000 + std::stoll(time.substr(time.find(' '))) / 1000;
  };
  int64_t before = redis_ms();
  q.report(1, {failing("a", given.token, 1, -60'000), failing("b", given.token, 1, 0)});
  int64_t due = std::stoll(q.say({"ZSCORE", q.keys("scheduled"), "a"}));
  CHECK(due >= before + 60'000);
  CHECK(due <= redis_ms() + 60'000);
  CHECK(q.take(2).ids == std::vector<std::string>{"c", "b"});
}

TEST_CASE("finish: without retries left it fails, with the errors of its attempts") {
  QueueOfTest q;
  q.add({job("a")});
  q.report(1, {failing("a", q.take(1).token, 1, 0)});
  CHECK(q.report(2, {failing("a", q.take(2).token, 1, 0, EndKind::kTimeout)})[0].place ==
        Place::kFailed);
  CHECK_THAT(q.outcome("a"),
             Contains(R"("state":"failed","attempt":2,"result":null,"reason":"timeout")"));
  CHECK_THAT(q.outcome("a"), Contains(R"("kind":"error")") && Contains(R"("kind":"timeout")"));
  CHECK(q.say({"EXISTS", q.keys("errors")}) == "0");
  CHECK(q.stat("failures") == "1");
  CHECK(q.stat("retried") == "1");
}

TEST_CASE("finish: of many errors the first and the last nine are kept") {
  QueueOfTest q;
  q.add({job("a")});
  for (int i = 1; i <= 14; ++i) {
    Ended e = failing("a", q.take(static_cast<uint64_t>(i)).token, 13, 0);
    e.body = error_json(i, EndKind::kError, "no \"luck\",\n", "", "w", 1);
    q.report(static_cast<uint64_t>(i), {e});
  }
  std::string text = q.outcome("a");
  CHECK(q.where("a") == "failed");
  CHECK_THAT(text, Contains("[{\"attempt\":1,") && !Contains("{\"attempt\":5,") &&
                       Contains("{\"attempt\":6,"));
  CHECK_THAT(text, Contains("{\"attempt\":14,"));
}

TEST_CASE(
    "finish: what is no error among the errors of earlier attempts is left out of the outcome") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c")});
  uint64_t token = q.take(1).token;
  q.say({"HSET", q.keys("errors"), "a", "garbage", "b", "{\"x\":1},\n{\"y\",\n[],\n}{", "c", "]"});
  Ended cancelled = failing("c", token, 0, 0, EndKind::kCancelled);
  q.report(1, {failing("a", token, 0, 0), ended("b", token), cancelled});
  CHECK(test::json_at(q.outcome("a"), "/state") == "failed");
  CHECK(test::json_at(q.outcome("a"), "/errors/0/message") == "no luck");
  CHECK(test::json_at(q.outcome("a"), "/errors/1") == "");
  CHECK(test::json_at(q.outcome("b"), "/errors") == R"([{"x":1}])");
  CHECK(test::json_at(q.outcome("c"), "/state") == "cancelled");
  CHECK(test::json_at(q.outcome("c"), "/errors") == "[]");
}

TEST_CASE("finish: crashes have a limit of their own") {
  QueueOfTest q;
  q.add({job("a")});
  Ended e = failing("a", q.take(1).token, 100, 0, EndKind::kCrash);
  e.limits.crash_limit = 2;
  CHECK(q.report(1, {e})[0].place == Place::kPending);
  e.token = q.take(2).token;
  CHECK(q.report(2, {e})[0].place == Place::kFailed);
  CHECK(q.stat("crashed") == "2");
}

TEST_CASE("finish: an unknown task and a corrupt record are final at once") {
  QueueOfTest q;
  q.add({job("a")});
  q.say({"HSET", q.keys("jobs"), "b", "spoilt"});
  q.say({"LPUSH", q.keys("pending"), "b"});
  uint64_t token = q.take(1).token;
  auto out = q.report(1, {failing("a", token, 5, 0, EndKind::kUnknownTask),
                          failing("b", token, 5, 0, EndKind::kError)});
  CHECK(out[0].place == Place::kFailed);
  CHECK(out[1].place == Place::kFailed);
  CHECK(q.counters("a") == "0 0 0 0");
}

TEST_CASE("finish: a success wins over a cancel, every other end is cancelled") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c")});
  uint64_t token = q.take(1).token;
  std::vector<std::string> ids{"a", "b"};
  std::vector<std::string> third{"c"};
  q.run(cancel_jobs(q.keys, milliseconds(1000), std::nullopt, ids));
  q.run(delete_jobs(q.keys, true, std::nullopt, third));
  auto out = q.report(1, {ended("a", token), failing("b", token, 5, 0), failing("c", token, 5, 0)});
  CHECK(out[0].place == Place::kDone);
  CHECK(out[1].place == Place::kDone);
  CHECK(out[2].place == Place::kGone);
  CHECK_THAT(q.outcome("a"), Contains("\"state\":\"done\""));
  CHECK_THAT(q.outcome("b"), Contains("\"state\":\"cancelled\""));
  CHECK(q.say({"EXISTS", q.keys("cancels")}) == "0");
}

TEST_CASE("finish: no more is kept than the bounds say") {
  QueueOfTest q;
  q.add({job("a"), job("b"), job("c"), job("d")});
  Given given = q.take(1);
  std::vector<Ended> all;
  for (const std::string& id : given.ids) {
    all.push_back(ended(id, given.token));
    all.back().body = '"' + std::string(1'000, 'x') + '"';
  }
  q.report(1, {all[0], all[1], all[2]}, {2, 1'000'000});
  CHECK(q.say({"ZCARD", q.keys("done")}) == "2");
  CHECK(q.stat("trimmed") == "1");
  q.report(2, {all[3]}, {100, 1'500});
  CHECK(std::stoi(q.stat("kept_bytes")) <= 1'500);
  CHECK(q.say({"HLEN", q.keys("outcomes")}) == q.say({"ZCARD", q.keys("done")}));
  CHECK(q.say({"HLEN", q.keys("jobs")}) == q.say({"ZCARD", q.keys("done")}));
}
