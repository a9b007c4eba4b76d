#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;
using Ids = std::vector<std::string>;

namespace {

struct Steering : QueueOfTest {
  std::vector<Steered> cancel(const Ids& ids, std::optional<Place> expected = std::nullopt) {
    auto reply = run(cancel_jobs(keys, milliseconds(60'000), expected, ids));
    return parse_cancel(reply.view(), ids.size()).value();
  }
  std::vector<Steered> remove(const Ids& ids, bool force = false,
                              std::optional<Place> expected = std::nullopt) {
    auto reply = run(delete_jobs(keys, force, expected, ids));
    return parse_delete(reply.view(), force, ids.size()).value();
  }
  std::vector<Steered> retry(const Ids& ids, bool also_done = false,
                             milliseconds spread = milliseconds(0)) {
    auto reply = run(retry_jobs(keys, spread, also_done, ids));
    return parse_retry(reply.view(), ids.size()).value();
  }
  // a in done, b in failed, c active, d blocked by c, e scheduled, f pending
  uint64_t one_everywhere() {
    add({job("a"), job("b"), job("c", "r"), job("d", "r")});
    Given given = take(1);
    report(1, {ended("a", given.token), ended("b", given.token, EndKind::kError)});
    JobSpec later = job("e");
    later.delay = milliseconds(60'000);
    add({later, job("f")});
    return given.token;
  }
  bool is_consistent() {
    auto reply = run(totals(keys));
    Totals t = parse_totals(reply.view()).value();
    return t.known + t.ghosts ==
           t.pending + t.reserved + t.active + t.scheduled + t.blocked + t.failed + t.done;
  }
};

const Ids kAll{"a", "b", "c", "d", "e", "f", "nobody"};

}  // namespace

TEST_CASE("cancel: what waits ends as cancelled, what runs is told, what has ended stays") {
  Steering q;
  uint64_t token = q.one_everywhere();
  auto out = q.cancel(kAll);
  CHECK(out[0].status == Steered::Status::kRefused);
  CHECK(out[1].status == Steered::Status::kRefused);
  CHECK(out[2].status == Steered::Status::kFlagged);
  CHECK(out[3].status == Steered::Status::kDone);
  CHECK(out[3].place == Place::kBlocked);
  CHECK(out[4].place == Place::kScheduled);
  CHECK(out[5].place == Place::kPending);
  CHECK(out[6].status == Steered::Status::kNone);
  CHECK_THAT(q.outcome("f"), Contains(R"("state":"cancelled","attempt":0)"));
  CHECK(q.is_consistent());
  CHECK(q.take(2).ids.empty());
  CHECK(q.say({"EXISTS", q.keys("ghosts")}) == "0");
  CHECK(q.report(2, {ended("c", token, EndKind::kCancelled)})[0].place == Place::kDone);
  CHECK(q.say({"EXISTS", q.keys("locks"), q.keys("blocked")}) == "0");
}

TEST_CASE("cancel: a job that says how long it wants to be kept is kept so long, or not at all") {
  Steering q;
  auto keeping = [](const std::string& id, milliseconds keep) {
    JobSpec spec = job(id);
    spec.limits.keep = keep;
    return spec;
  };
  q.add({keeping("none", milliseconds(0)), keeping("long", milliseconds(3'600'000)), job("plain")});
  q.cancel({"none", "long", "plain"});
  CHECK(q.where("none") == "none");
  CHECK(q.say({"HLEN", q.keys("outcomes")}) == "2");
  auto left = [&q](const std::string& id) {
    return std::stoll(q.say({"ZSCORE", q.keys("done"), id})) - now_wall_ms();
  };
  CHECK(left("plain") <= 60'000);
  CHECK(left("long") > 60'000);
  CHECK(q.is_consistent());

  q.add({keeping("runs", milliseconds(0))});
  Given given = q.take(1);
  q.cancel({"runs"});
  q.run(close_worker(q.keys, "w"));  // ended by another hand than its worker's
  CHECK(q.where("runs") == "none");
}

TEST_CASE("cancel: sent twice it says that the job has ended") {
  Steering q;
  q.add({job("a")});
  CHECK(q.cancel({"a"})[0].status == Steered::Status::kDone);
  CHECK(q.cancel({"a"})[0].status == Steered::Status::kRefused);
  CHECK(q.is_consistent());
}

TEST_CASE("cancel and delete: a job that has moved since it was listed is skipped") {
  Steering q;
  q.one_everywhere();
  CHECK(q.cancel({"f"}, Place::kFailed)[0].status == Steered::Status::kSkipped);
  CHECK(q.remove({"c"}, true, Place::kPending)[0].status == Steered::Status::kSkipped);
  CHECK(q.where("f") == "pending");
  CHECK(q.say({"EXISTS", q.keys("cancels")}) == "0");
}

TEST_CASE("delete: whatever does not run is gone, what runs only by force") {
  Steering q;
  uint64_t token = q.one_everywhere();
  auto out = q.remove(kAll);
  CHECK(out[2].status == Steered::Status::kRefused);
  CHECK(out[6].status == Steered::Status::kNone);
  CHECK(q.where("c") == "active");
  CHECK(q.say({"HLEN", q.keys("jobs")}) == "1");
  CHECK(q.is_consistent());
  CHECK(q.remove({"c"}, true)[0].status == Steered::Status::kFlagged);
  CHECK(q.cancel({"c"})[0].status == Steered::Status::kFlagged);
  CHECK(q.report(2, {ended("c", token)})[0].place == Place::kGone);
  CHECK(q.remove({"c"})[0].status == Steered::Status::kNone);
  CHECK(q.say({"EXISTS", q.keys("jobs"), q.keys("outcomes"), q.keys("cancels"), q.keys("locks")}) ==
        "0");
}

TEST_CASE("delete: a deleted id that is submitted again runs once") {
  Steering q;
  q.add({job("a")});
  q.remove({"a", "a"});
  q.add({job("a")});
  q.remove({"a"});
  q.add({job("a")});
  CHECK(q.stat("ghosts") == "2");
  CHECK(q.take(1).ids == Ids{"a"});
  CHECK(q.take(2).ids.empty());
  CHECK(q.stat("ghosts") == "0");
}

TEST_CASE("delete: the next holder of a lock hands it on") {
  Steering q;
  q.add({job("a", "r"), job("b", "r"), job("c", "r")});
  uint64_t token = q.take(1).token;
  q.report(1, {ended("a", token)});
  REQUIRE(q.say({"HGET", q.keys("locks"), "r"}) == "b");
  q.remove({"b"});
  CHECK(q.take(2).ids == Ids{"c"});
}

TEST_CASE("retry: a failed job gets full budgets, its attempts and errors go on") {
  Steering q;
  q.one_everywhere();
  auto out = q.retry(kAll);
  CHECK(out[0].status == Steered::Status::kRefused);
  CHECK(out[1].status == Steered::Status::kDone);
  CHECK(out[1].place == Place::kPending);
  CHECK(out[2].place == Place::kActive);
  CHECK(out[6].status == Steered::Status::kNone);
  CHECK(q.counters("b") == "1 0 0 1");
  CHECK(q.outcome("b").empty());
  CHECK_THAT(q.say({"HGET", q.keys("errors"), "b"}), Contains("no luck"));
  CHECK(q.retry({"b"})[0].status == Steered::Status::kRefused);
  Given given = q.take(2);
  Ended e = ended("b", given.token, EndKind::kError);
  q.report(2, {e});
  std::string text = q.outcome("b");
  CHECK_THAT(text, Contains("\"attempt\":2"));
  CHECK(text.find("no luck") != text.rfind("no luck"));
}

TEST_CASE("retry: done jobs only if asked, and spread over a time if asked") {
  Steering q;
  q.one_everywhere();
  auto out = q.retry({"a", "b"}, true, milliseconds(600'000));
  CHECK(out[0].status == Steered::Status::kDone);
  CHECK(out[1].status == Steered::Status::kDone);
  CHECK(q.say({"EXISTS", q.keys("done"), q.keys("failed"), q.keys("outcomes")}) == "0");
  CHECK(q.stat("kept_bytes") == "0");
  CHECK(q.say({"ZCARD", q.keys("scheduled")}) == "3");
  CHECK(q.is_consistent());
}

TEST_CASE("inspect: tells all that is known of a job, and that a job is not known") {
  Steering q;
  q.one_everywhere();
  auto reply = q.run(inspect(q.keys, kAll));
  auto jobs = parse_inspect(reply.view(), kAll.size()).value();
  CHECK(place_of(jobs[0]) == Place::kDone);
  CHECK_THAT(jobs[0].outcome, Contains("\"done\""));
  CHECK(place_of(jobs[1]) == Place::kFailed);
  CHECK(place_of(jobs[2]) == Place::kActive);
  CHECK(jobs[3].in_waiters);
  CHECK(jobs[3].lock_holder == "c");
  CHECK(!jobs[4].scheduled.empty());
  CHECK(place_of(jobs[5]) == Place::kPending);
  CHECK(!jobs[6].known);
}

TEST_CASE("totals: count every place and the attempts") {
  Steering q;
  q.one_everywhere();
  q.remove({"f"});
  auto reply = q.run(totals(q.keys));
  Totals t = parse_totals(reply.view()).value();
  CHECK(t.known == 5);
  CHECK(t.ghosts == 1);
  CHECK(t.done == 1);
  CHECK(t.failed == 1);
  CHECK(t.active == 1);
  CHECK(t.blocked == 1);
  CHECK(t.scheduled == 1);
  CHECK(t.submitted == 6);
  CHECK(t.failures == 1);
  CHECK(!t.paused);
}

TEST_CASE("steer: more ids than a script can carry are refused before anything is written") {
  Steering q;
  q.add({job("a"), job("b")});
  Ids many{"a", "b"};
  for (int i = 0; i < 999; ++i) {
    many.push_back("x" + std::to_string(i));
  }
  for (const auto& command : {cancel_jobs(q.keys, milliseconds(0), std::nullopt, many),
                              delete_jobs(q.keys, true, std::nullopt, many),
                              retry_jobs(q.keys, milliseconds(0), false, many)}) {
    auto reply = q.client.run(command);
    REQUIRE_FALSE(reply.ok());
    CHECK_THAT(reply.error().message, Contains("a batch is at most 1000 ids"));
  }
  CHECK(q.where("a") == "pending");
  many.pop_back();
  CHECK(q.remove(many)[0].status == Steered::Status::kDone);
  CHECK(q.where("b") == "none");
}
