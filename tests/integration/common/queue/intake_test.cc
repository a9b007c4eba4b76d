#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;

namespace {

InboxEntry good(const std::string& raw, const std::string& id) {
  return {raw, job(id), "", ""};
}
InboxEntry bad(const std::string& raw, const std::string& id = "") {
  return {raw, std::nullopt, "not \"JSON\"", id};
}

struct Inbox : QueueOfTest {
  std::string list = keys("inbox");

  void push(const std::vector<std::string>& raws) {
    for (const std::string& raw : raws) {
      say({"LPUSH", list, raw});
    }
  }
  IntakeAnswer take_in(const std::vector<InboxEntry>& entries,
                       const std::string& nonce = new_nonce(), int64_t most = 100) {
    auto reply = run(intake(keys, list, nonce, most, entries));
    auto out = parse_intake(reply.view());
    REQUIRE(out.ok());
    return *out;
  }
};

}  // namespace

TEST_CASE("intake: good entries become jobs in their order, bad ones are kept with their reason") {
  Inbox q;
  q.push({"one", "two", "three"});
  IntakeAnswer answer = q.take_in({good("one", "a"), bad("two", "mine"), good("three", "c")});
  CHECK(answer.taken == 3);
  CHECK(answer.status == IntakeAnswer::Status::kOk);
  CHECK(q.take(1).ids == std::vector<std::string>{"a", "c"});
  auto rejected = parse_rejected(q.say({"LINDEX", q.keys("rejected"), "0"}));
  REQUIRE(rejected.ok());
  CHECK(rejected->id == "mine");
  CHECK(rejected->raw == "two");
  CHECK_THAT(q.outcome("mine"),
             Contains(R"("state":"rejected")") && Contains(R"("reason":"not \"JSON\"")"));
  CHECK(q.say({"LLEN", q.list}) == "0");
}

TEST_CASE("intake: plain entries are taken in their order, what is in front of them stays") {
  Inbox q;
  q.push({"one", "two", "three", "four"});
  q.say({"HSET", q.keys("outcomes"), "b", "of one that was refused"});
  CHECK(q.take_in({good("one", "a"), good("two", "b"), good("three", "c")}).taken == 3);
  CHECK(q.say({"LRANGE", q.list, "0", "-1"}) == "four");
  CHECK(q.stat("submitted") == "3");
  CHECK(q.outcome("b").empty());
  CHECK(q.take(1).ids == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("intake: plain entries before others, each is what it would be alone") {
  Inbox q;
  q.push({"one", "two", "three", "four", "five"});
  InboxEntry later = good("two", "b");
  later.job->delay = milliseconds(60'000);
  InboxEntry large = good("three", "c");
  large.job->params = '"' + std::string(5000, 'x') + '"';
  InboxEntry past = good("five", "e");
  past.job->at_ms = 1;
  CHECK(q.take_in({good("one", "a"), later, large, bad("four", "d"), past}).taken == 5);
  CHECK(q.where("a") == "pending");
  CHECK(q.where("b") == "scheduled");
  CHECK(q.say({"HGET", q.keys("params"), "c"}) == large.job->params);
  CHECK_THAT(q.outcome("d"), Contains("rejected"));
  CHECK(q.take(1).ids == std::vector<std::string>{"a", "c", "e"});
}

TEST_CASE("intake: plain entries are taken as far as the list agrees") {
  Inbox q;
  q.push({"one", "two", "three"});
  IntakeAnswer answer = q.take_in({good("one", "a"), good("other", "b"), good("three", "c")});
  CHECK(answer.taken == 1);
  CHECK(answer.status == IntakeAnswer::Status::kMoved);
  CHECK(q.say({"LRANGE", q.list, "0", "-1"}) == "three two");
  CHECK(q.say({"HLEN", q.keys("jobs")}) == "1");
  answer = q.take_in({good("two", "b"), good("three", "c"), good("four", "d")});
  CHECK(answer.taken == 2);
  CHECK(answer.status == IntakeAnswer::Status::kMoved);
}

TEST_CASE("intake: a plain id twice in a batch is queued once") {
  Inbox q;
  q.push({"one", "one", "two"});
  CHECK(q.take_in({good("one", "a"), good("one", "a"), good("two", "b")}).taken == 3);
  CHECK(q.say({"LRANGE", q.keys("pending"), "0", "-1"}) == "b a");
  CHECK(q.stat("submitted") == "2");
}

TEST_CASE("intake: what another daemon has taken is not taken twice") {
  Inbox q;
  q.push({"one", "two"});
  q.take_in({good("one", "a")});
  IntakeAnswer answer = q.take_in({good("one", "b"), good("two", "c")});
  CHECK(answer.taken == 0);
  CHECK(answer.status == IntakeAnswer::Status::kMoved);
  CHECK(q.say({"LLEN", q.list}) == "1");
}

TEST_CASE("intake: the same call sent again does not take an entry of the same bytes") {
  Inbox q;
  q.push({"same", "same", "same"});
  CHECK(q.take_in({good("same", "a"), good("same", "b")}, "nonce001").taken == 2);
  IntakeAnswer again = q.take_in({good("same", "a"), good("same", "b")}, "nonce001");
  CHECK(again.taken == 0);
  CHECK(again.status == IntakeAnswer::Status::kMoved);
  CHECK(q.say({"LLEN", q.list}) == "1");
  CHECK(q.stat("submitted") == "2");
}

TEST_CASE(
    "intake: a known id with the same content is taken once, with other content it is a conflict") {
  Inbox q;
  q.add({job("a")});
  q.push({"same", "other", "next"});
  InboxEntry other{"other", job("a", "r"), "", ""};
  IntakeAnswer answer = q.take_in({good("same", "a"), other, good("next", "b")});
  CHECK(answer.taken == 1);
  CHECK(answer.status == IntakeAnswer::Status::kConflict);
  answer = q.take_in({bad("other", "a"), good("next", "b")});
  CHECK(answer.taken == 2);
  CHECK(q.outcome("a").empty());
  CHECK(q.take(1).ids == std::vector<std::string>{"a", "b"});
}

TEST_CASE("intake: only the last rejected entries stay, the others lose their outcomes") {
  Inbox q;
  q.push({"one", "two", "three"});
  q.take_in({bad("one", "a"), bad("two", "b"), bad("three", "c")}, new_nonce(), 2);
  CHECK(q.say({"LLEN", q.keys("rejected")}) == "2");
  CHECK(q.outcome("a").empty());
  CHECK_THAT(q.outcome("c"), Contains("rejected"));
}

TEST_CASE("intake: a refusal that falls off takes no later outcome of its id with it") {
  Inbox q;
  auto refused = [&q](const std::string& at) {
    const std::string header = R"({"at":")" + at + R"(","from":"inbox","reason":"no"})";
    q.say({"LPUSH", q.keys("rejected"), "a\n" + header + "\nbefore"});
  };
  refused("2026-11-20T18:51:43.123Z");
  q.push({"one"});
  q.take_in({bad("one", "a")}, new_nonce(), 1);
  CHECK(q.say({"LLEN", q.keys("rejected")}) == "1");
  CHECK_THAT(q.outcome("a"), Contains("rejected"));
  q.push({"two"});
  q.take_in({bad("two", "b")}, new_nonce(), 1);
  CHECK(q.outcome("a").empty());

  q.add({job("a")});
  q.report(1, {ended("a", q.take(1).token)});
  refused("2025-11-20T17:56:28.123Z");  // when the job ended
  const std::string own = q.outcome("a");
  REQUIRE_THAT(own, Contains(R"("finished_at":"2025-11-20T17:56:28.123Z")"));
  q.push({"three"});
  q.take_in({bad("three", "c")}, new_nonce(), 1);
  CHECK(q.outcome("a") == own);
}

TEST_CASE(
    "intake: where far more is kept than may be, each call drops some MiB of it and no more") {
  Inbox q;
  for (int i = 0; i < 40; ++i) {
    q.say({"LPUSH", q.keys("rejected"), "\n{}\n" + std::string(kBatchBytes / 4, 'x')});
  }
  auto kept = [&q](int more) {
    for (int i = 0; i < more; ++i) {
      q.push({"one"});
      q.take_in({bad("one")}, new_nonce(), 2);
    }
    return std::stoi(q.say({"LLEN", q.keys("rejected")}));
  };
  const int once = kept(1);
  CHECK(once >= 30);
  CHECK(once < 40);
  CHECK(kept(12) == 2);
}

TEST_CASE("intake: a refused id that is submitted well has no outcome until it ends") {
  Inbox q;
  q.push({"one"});
  q.take_in({bad("one", "a")});
  q.add({job("a")});
  CHECK(q.outcome("a").empty());
}

TEST_CASE("intake: lists of other programs are read by their own names") {
  Inbox q;
  q.list = "jobs:waiting";
  q.push({"one"});
  CHECK(q.take_in({good("one", "a")}).taken == 1);
  CHECK(q.where("a") == "pending");
}

TEST_CASE("peek: as many as fit, the first in any case, tail first, behind those that are known") {
  Inbox q;
  const std::string quarter(kBatchBytes / 4, 'q');
  q.push({"0", "1", "2", "3", "4", "5", "6", quarter, quarter, quarter, quarter, "end"});
  auto look = [&q](size_t known) {
    auto reply = q.run(peek(q.keys, q.list, known));
    auto entries = parse_peek(reply.view());
    REQUIRE(entries.ok());
    return *entries;
  };
  auto first = look(0);
  REQUIRE(first.size() == 10);  // three quarters, and seven bytes
  CHECK(first[6].bytes == "6");
  CHECK(first[9].bytes == quarter);
  CHECK(look(7).size() == 4);
  CHECK(look(10).size() == 2);
  CHECK(look(11).front().bytes == "end");
  CHECK(look(12).empty());
  q.push({std::string(kMaxSpecBytes, 'm'), std::string(kMaxSpecBytes + 1, 'l')});
  CHECK(look(12).size() == 1);
  CHECK(look(12).front().cut_from == 0);
  CHECK(look(13).front().cut_from == kMaxSpecBytes + 1);
  CHECK(look(13).front().bytes == std::string(kEntryBeginning, 'l'));
}

TEST_CASE("intake: an entry that is larger than a job may be is refused by its beginning") {
  Inbox q;
  q.push({"long entry"});
  auto cut = [](const std::string& raw) {
    InboxEntry entry = bad(raw, "mine");
    entry.cut = true;
    return entry;
  };
  for (const char* other : {"lang", "long entry", "long entry and more"}) {
    CHECK(q.take_in({cut(other)}).status == IntakeAnswer::Status::kMoved);
  }
  CHECK(q.take_in({cut("long")}).taken == 1);
  CHECK(q.say({"LLEN", q.list}) == "0");
  CHECK_THAT(q.say({"LINDEX", q.keys("rejected"), "0"}), Catch::EndsWith("}\nlong"));
  CHECK_THAT(q.say({"HGET", q.keys("outcomes"), "mine"}), Contains("rejected"));
}

TEST_CASE("intake: what another daemon has left at the tail is not read for a whole batch") {
  Inbox q;
  q.push({"another's", "b"});
  q.say({"CONFIG", "RESETSTAT"});
  CHECK(q.take_in({good("a", "a"), good("b", "b")}).status == IntakeAnswer::Status::kMoved);
  CHECK(q.take_in({good("a", "a"), bad("b")}).status == IntakeAnswer::Status::kMoved);
  CHECK_THAT(q.say({"INFO", "commandstats"}), !Contains("cmdstat_lrange"));
}
