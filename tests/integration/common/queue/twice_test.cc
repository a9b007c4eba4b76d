// Every script, its reply lost after its effect: the same call again finds the work done, says so,
// and changes nothing. A new file in common/queue/lua without a case here fails the first test.
#include <filesystem>
#include <functional>
#include <map>

#include "common/queue/audit.h"
#include "common/queue/forget.h"
#include "common/queue/pages.h"
#include "common/queue/repair.h"
#include "common/queue/rights.h"
#include "tests/integration/common/queue/queue_of_test.h"
#include "tests/support/paths.h"

using namespace stint;
using namespace stint::queue_test;

namespace {

const std::string kJob = "a";
const std::span<const std::string> kOne{&kJob, 1};

struct Case {
  std::function<redis::Command(QueueOfTest&)> prepare;  // brings it about; the call
  std::string first;                                    // its answer; "": whatever
  std::string again;                                    // "": the same as the first
  bool changes = true;                                  // the first call changes something
};

uint64_t taken(QueueOfTest& q) {
  q.add({job(kJob)});
  return q.take(1).token;
}

redis::Command push_twice_and_take_one(QueueOfTest& q) {
  for (int i = 0; i < 2; ++i) {
    q.say({"LPUSH", q.keys("inbox"), "same bytes"});
  }
  InboxEntry entry{"same bytes", job(kJob), "", ""};
  return intake(q.keys, q.keys("inbox"), "nonce123", 100, {&entry, 1});
}

redis::Command failed_then_retry(QueueOfTest& q) {
  q.report(1, {ended(kJob, taken(q), EndKind::kError)});
  return retry_jobs(q.keys, milliseconds{0}, false, kOne);
}

redis::Command done_then_expire(QueueOfTest& q) {
  q.report(1, {ended(kJob, taken(q))});
  q.say({"ZADD", q.keys("done"), "1", kJob});
  return expire(q.keys);
}

redis::Command due_then_promote(QueueOfTest& q) {
  JobSpec later = job(kJob);
  later.delay = milliseconds{60'000};
  q.add({later});
  q.say({"ZADD", q.keys("scheduled"), "1", kJob});
  return promote(q.keys);
}

redis::Command refused_then_unreject(QueueOfTest& q) {
  static const std::string kRefused = "id\n{\"at\":\"now\",\"reason\":\"no\"}\nraw";
  q.say({"LPUSH", q.keys("rejected"), kRefused});
  return unreject(q.keys, true, {&kRefused, 1});
}

redis::Command announced(QueueOfTest& q) {
  const std::vector<std::pair<std::string, std::string>> fields{{"host", "h"}};
  const std::vector<std::string> tasks{"t"};
  return announce(q.keys, "w", milliseconds{60'000}, fields, tasks);
}

std::map<std::string, Case> writing_cases() {
  return {
      {"submit",
       {[](auto& q) {
          JobSpec spec = job(kJob);
          return submit(q.keys, "nonce123", false, {&spec, 1});
        },
        "created pending 1", ""}},
      {"claim",
       {[](auto& q) {
          q.add({job(kJob)});
          return claim(q.keys, "w", 1, 10, milliseconds{30'000});
        },
        "", ""}},
      {"heartbeat",
       {[](auto& q) {
          Beat beat{kJob, taken(q), true, Limits{}};
          return heartbeat(q.keys, "w", {&beat, 1});
        },
        "", ""}},
      {"finish",
       {[](auto& q) {
          Ended end = ended(kJob, taken(q));
          return finish(q.keys, "w", 1, {}, {&end, 1});
        },
        "done 1", ""}},
      {"release",
       {[](auto& q) {
          Release back{kJob, taken(q), Release::How::kInterrupted, milliseconds{0}};
          return release(q.keys, "w", {&back, 1});
        },
        "pending", "lost_lease"}},
      {"close",
       {[](auto& q) {
          (void)taken(q);
          return close_worker(q.keys, "w");
        },
        kJob, "-"}},
      {"sweep",
       {[](auto& q) {
          (void)taken(q);
          Suspect suspect = seen(q, kJob);
          return sweep(q.keys, milliseconds{60'000}, {&suspect, 1});
        },
        "a pending", "-"}},
      {"promote", {due_then_promote, "1 -1", "0 -1"}},
      {"expire", {done_then_expire, "1 -1", "0 -1"}},
      {"intake", {push_twice_and_take_one, "1 ok", "0 moved"}},
      {"unreject", {refused_then_unreject, "1", "0"}},
      {"cancel",
       {[](auto& q) {
          q.add({job(kJob)});
          return cancel_jobs(q.keys, milliseconds{60'000}, std::nullopt, kOne);
        },
        "pending", "done"}},
      {"delete",
       {[](auto& q) {
          q.add({job(kJob)});
          return delete_jobs(q.keys, false, std::nullopt, kOne);
        },
        "pending", "none"}},
      {"retry", {failed_then_retry, "pending", "not pending"}},
      {"pause", {[](auto& q) { return pause_queue(q.keys); }, "ok", ""}},
      {"resume",
       {[](auto& q) {
          q.run(pause_queue(q.keys));
          return resume_queue(q.keys);
        },
        "ok", ""}},
      {"forget",
       {[](auto& q) {
          q.run(pause_queue(q.keys));
          return forget_queue(q.keys, true);
        },
        "gone 0", "none 0"}},
      {"mend",
       {[](auto& q) {
          q.add({job(kJob)});
          q.say({"DEL", q.keys("pending")});
          Mend mend_it{kJob, 0, ""};
          return mend(q.keys, 100, 0, {&mend_it, 1});
        },
        "", "-"}},
      {"quarantine",
       {[](auto& q) {
          q.say({"SET", q.keys("pending"), "no list"});
          return quarantine(q.keys);
        },
        "", "-"}},
      {"recount",
       {[](auto& q) {
          q.say({"HSET", q.keys("stats"), "ghosts", "7"});
          return recount(q.keys, Recount{"ghosts", "7", 0});
        },
        "1", "0"}},
      {"relock",
       {[](auto& q) {
          q.say({"HSET", q.keys("locks"), "r", "nobody"});
          const Relock lock{"r", ""};
          return relock(q.keys, {&lock, 1});
        },
        "", "-"}},
      {"epoch", {[](auto& q) { return epoch(q.keys, "another"); }, "bumped", "same"}},
      {"announce", {announced, "ok", ""}},
      {"log",
       {[](auto& q) {
          LogBatch said{kJob, taken(q), "{}", {"1 1 a line"}, 1};
          return append_log(q.keys, {&said, 1});
        },
        "", ""}},
  };
}

std::map<std::string, Case> reading_cases() {
  auto with = [](auto make) {
    return Case{[make](QueueOfTest& q) {
                  q.add({job(kJob)});
                  return make(q.keys);
                },
                "", "", false};
  };
  return {
      {"audit", with([](const Keys& keys) { return audit(keys, 100, kOne); })},
      {"inspect", with([](const Keys& keys) { return inspect(keys, kOne); })},
      {"locate", with([](const Keys& keys) { return locate(keys, kOne); })},
      {"page", with([](const Keys& keys) { return page(keys, Place::kFailed, 10, {}); })},
      {"page_pending", with([](const Keys& keys) { return page_pending(keys, 10, {}); })},
      {"peek", with([](const Keys& keys) { return peek(keys, keys("inbox"), 0); })},
      {"totals", with([](const Keys& keys) { return totals(keys); })},
      {"rights", with([](const Keys& keys) { return rights(keys); })},
  };
}

// Every key with its bytes, but those that hold when somebody was last heard of: a renewal may be
// repeated.
std::map<std::string, std::string> dump_of(QueueOfTest& q) {
  std::map<std::string, std::string> found;
  auto all = q.run(redis::plain({"KEYS", "*"}));
  for (size_t i = 0; i < all.view().size(); ++i) {
    std::string name(all.view()[i].str());
    bool moves = name == q.keys("leases") || name == q.keys("workers") || name == q.keys("tasks");
    if (!moves) {
      found[name] = test::text_of(q.run(redis::plain({"DUMP", name})).view());
    }
  }
  return found;
}

void lose_the_reply(const std::string& name, const Case& one) {
  INFO(name);
  QueueOfTest q;
  redis::Command call = one.prepare(q);
  CHECK(std::string(call.script != nullptr ? call.script->name : "log") == name);  // by its text
  auto before = dump_of(q);
  std::string first = test::text_of(q.run(call).view());
  auto after = dump_of(q);
  CHECK((after != before) == one.changes);
  std::string again = test::text_of(q.run(call).view());
  CHECK(dump_of(q) == after);
  if (!one.first.empty()) {
    CHECK(first == one.first);
  }
  CHECK(again == (one.again.empty() ? first : one.again == "-" ? "" : one.again));
}

}  // namespace

TEST_CASE("lost reply: every script has its case here") {
  std::vector<std::string> missing;
  auto writing = writing_cases();
  auto reading = reading_cases();
  for (const auto& file :
       std::filesystem::directory_iterator(test::source_dir() + "/common/queue/lua")) {
    std::string name = file.path().stem();
    bool known = writing.contains(name) || reading.contains(name);
    if (file.path().extension() == ".lua" && !known) {
      missing.push_back(name);
    }
  }
  CHECK(missing == std::vector<std::string>{});
}

TEST_CASE(
    "lost reply: every script that changes something does so once, however often it is sent") {
  for (const auto& [name, one] : writing_cases()) {
    lose_the_reply(name, one);
  }
}

TEST_CASE("lost reply: scripts that only look change nothing") {
  for (const auto& [name, one] : reading_cases()) {
    lose_the_reply(name, one);
  }
}

TEST_CASE("Redis Cluster: no script touches a key of another hash tag than its queue's") {
  test::RedisOptions options;
  options.cluster = true;
  QueueOfTest q(options);
  for (const auto& cases : {writing_cases(), reading_cases()}) {
    for (const auto& [name, one] : cases) {
      INFO(name);
      q.say({"FLUSHALL"});
      q.run(one.prepare(q));
    }
  }
}
