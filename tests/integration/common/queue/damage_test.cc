// A key of another type meets every script: it changes nothing at all, or does what it should. See
// docs/reliability.md, Damage.
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "common/queue/audit.h"
#include "common/queue/forget.h"
#include "common/queue/pages.h"
#include "common/queue/repair.h"
#include "common/queue/rights.h"
#include "common/queue/upkeep.h"
#include "tests/integration/daemon/cli/furnished_queue.h"
#include "tests/support/paths.h"

using namespace stint;
using test::FurnishedQueue;
using Snapshot = std::map<std::string, std::string>;
using Catch::Contains;

namespace {

constexpr const char* kFixed[] = {
    "jobs",     "params",  "active",   "locks",  "ghosts",    "cancels", "errors",
    "outcomes", "logs",    "claims",   "fins",   "tasks",     "stats",   "pending",
    "reserved", "inbox",   "rejected", "leases", "scheduled", "blocked", "failed",
    "done",     "workers", "fence",    "run",    "blockseq"};

constexpr milliseconds kMinute{60'000};
const std::string kRefused = "r\n{\"at\":\"now\",\"reason\":\"no\"}\nraw";

struct Call {
  std::string name;
  std::function<redis::Command(const FurnishedQueue&)> make;
};

// More of what scripts touch: a waiting heir, entries that are due, an inbox, a reserved id.
void enrich(FurnishedQueue& queue) {
  queue.hand.submit({test::job_spec("heir", "r4"), test::job_spec("kept"), test::job_spec("due")});
  queue.plant({"HSET", queue.key("locks"), "r4", "heir"});
  queue.plant({"LMOVE", queue.key("pending"), queue.key("reserved"), "RIGHT", "LEFT"});
  queue.plant({"ZADD", queue.key("scheduled"), "1", "later"});
  queue.plant({"ZADD", queue.key("done"), "1", "done"});
  queue.plant({"LPUSH", queue.key("inbox"), "one", "two"});
  queue.plant({"LPUSH", queue.key("rejected"), kRefused});
  (void)queue.hand.run(
      announce(queue.hand.keys, "w", milliseconds{30'000}, {}, std::vector<std::string>{"noop"}));
  (void)queue.hand.run(epoch(queue.hand.keys, "first"));
}

stint::Ended held(const FurnishedQueue& queue, const std::string& id) {
  stint::Ended ended;
  ended.id = id;
  ended.token = std::stoull(queue.server.command({"HGET", queue.key("active"), id}));
  ended.limits.keep = milliseconds{3'600'000};
  return ended;
}

redis::Command end_both(const FurnishedQueue& queue, EndKind kind, int retries, milliseconds keep) {
  std::vector<stint::Ended> batch{held(queue, "active"), held(queue, "alone")};
  for (auto& one : batch) {
    one.kind = kind;
    one.limits.retries = retries;
    one.limits.backoff = Backoff{retries % 2 == 0 ? 0 : 1000};
    one.limits.keep = keep;
    one.body = kind == EndKind::kOk ? "{}" : error_json(1, kind, "no", "", "w", 1);
  }
  return finish(queue.hand.keys, "w", 9, KeepBounds{1, 1}, batch);
}

Suspect suspect(const FurnishedQueue& queue, const std::string& id) {
  return {id, queue.server.command({"HGET", queue.key("active"), id}),
          queue.server.command({"ZSCORE", queue.key("leases"), id})};
}

const std::vector<std::string> kWaiting{"pending", "blocked", "later", "heir", "between"};

std::vector<Call> ends() {
  using Q = const FurnishedQueue&;
  return {
      {"finish ok", [](Q q) { return end_both(q, EndKind::kOk, 0, kMinute); }},
      {"finish ok, not kept", [](Q q) { return end_both(q, EndKind::kOk, 0, milliseconds{0}); }},
      {"finish error", [](Q q) { return end_both(q, EndKind::kError, 0, kMinute); }},
      {"finish error, backoff", [](Q q) { return end_both(q, EndKind::kError, 1, kMinute); }},
      {"finish error, at once", [](Q q) { return end_both(q, EndKind::kError, 2, kMinute); }},
      {"finish cancelled", [](Q q) { return end_both(q, EndKind::kCancelled, 0, kMinute); }},
      {"release",
       [](Q q) {
         auto mine = held(q, "active");
         return release(q.hand.keys, "w",
                        std::vector<Release>{{"active", mine.token, Release::How::kInterrupted}});
       }},
      {"release later",
       [](Q q) {
         auto mine = held(q, "active");
         return release(
             q.hand.keys, "w",
             std::vector<Release>{{"active", mine.token, Release::How::kFree, milliseconds{1000}}});
       }},
      {"heartbeat",
       [](Q q) {
         auto mine = held(q, "active");
         return heartbeat(q.hand.keys, "w",
                          std::vector<Beat>{{"active", mine.token, true, Limits{}}});
       }},
      {"close", [](Q q) { return close_worker(q.hand.keys, "w"); }},
      {"sweep",
       [](Q q) {
         return sweep(q.hand.keys, kMinute,
                      std::vector<Suspect>{suspect(q, "active"), suspect(q, "alone")});
       }},
      {"log",
       [](Q q) {
         auto mine = held(q, "active");
         return append_log(q.hand.keys,
                           std::vector<LogBatch>{{"active", mine.token, "{}", {"1 1 more"}}});
       }},
  };
}

std::vector<Call> moves() {
  using Q = const FurnishedQueue&;
  return {
      {"claim", [](Q q) { return claim(q.hand.keys, "v", 1, 10, kMinute); }},
      {"claim none", [](Q q) { return claim(q.hand.keys, "v", 1, 0, kMinute); }},
      {"submit",
       [](Q q) {
         JobSpec later = test::job_spec("n2", "r1");
         later.delay = kMinute;
         later.params = "\"" + std::string(5000, 'x') + "\"";
         return submit(q.hand.keys, new_nonce(), true,
                       std::vector<JobSpec>{test::job_spec("n1"), later, test::job_spec("failed"),
                                            test::job_spec("done")});
       }},
      {"intake",
       [](Q q) {
         return intake(q.hand.keys, q.key("inbox"), new_nonce(), 1,
                       std::vector<InboxEntry>{{"one", test::job_spec("i1"), "", ""},
                                               {"two", std::nullopt, "bad", "i2"}});
       }},
      {"unreject",
       [](Q q) {
         return unreject(q.hand.keys, true, {&kRefused, 1});
       }},
      {"unreject, gone",
       [](Q q) {
         return unreject(q.hand.keys, false, {&kRefused, 1});
       }},
      {"promote", [](Q q) { return promote(q.hand.keys); }},
      {"expire", [](Q q) { return expire(q.hand.keys); }},
      {"cancel", [](Q q) { return cancel_jobs(q.hand.keys, kMinute, std::nullopt, kWaiting); }},
      {"cancel active",
       [](Q q) {
         return cancel_jobs(q.hand.keys, kMinute, std::nullopt, std::vector<std::string>{"active"});
       }},
      {"delete", [](Q q) { return delete_jobs(q.hand.keys, true, std::nullopt, kWaiting); }},
      {"delete ended",
       [](Q q) {
         return delete_jobs(q.hand.keys, true, std::nullopt,
                            std::vector<std::string>{"done", "failed", "active"});
       }},
      {"retry",
       [](Q q) {
         return retry_jobs(q.hand.keys, milliseconds{0}, true,
                           std::vector<std::string>{"done", "failed"});
       }},
      {"retry later",
       [](Q q) {
         return retry_jobs(q.hand.keys, kMinute, true, std::vector<std::string>{"done", "failed"});
       }},
      {"announce",
       [](Q q) {
         std::vector<std::pair<std::string, std::string>> fields{{"host", "h"}};
         return announce(q.hand.keys, "v", kMinute, fields, std::vector<std::string>{"noop"});
       }},
      {"epoch", [](Q q) { return epoch(q.hand.keys, "second"); }},
      {"relock",
       [](Q q) {
         return relock(q.hand.keys, std::vector<Relock>{{"r9", ""}, {"r1", ""}});
       }},
      {"mend",
       [](Q q) {
         return mend(q.hand.keys, 1000, 0,
                     std::vector<Mend>{{"pending", {}, ""}, {"active", {}, ""}});
       }},
      {"recount",
       [](Q q) {
         return recount(q.hand.keys, {"ghosts", "1", 1});
       }},
      {"pause", [](Q q) { return pause_queue(q.hand.keys); }},
      {"resume", [](Q q) { return resume_queue(q.hand.keys); }},
      {"forget", [](Q q) { return forget_queue(q.hand.keys, true); }},
      {"quarantine", [](Q q) { return quarantine(q.hand.keys); }},
  };
}

std::vector<Call> looks() {
  using Q = const FurnishedQueue&;
  static const std::vector<std::string> kIds{"active", "blocked", "pending", "done",
                                             "failed", "large",   "nobody"};
  return {
      {"audit", [](Q q) { return audit(q.hand.keys, 1000, kIds); }},
      {"inspect", [](Q q) { return inspect(q.hand.keys, kIds); }},
      {"locate", [](Q q) { return locate(q.hand.keys, kIds); }},
      {"page", [](Q q) { return page(q.hand.keys, Place::kFailed, 10, {}); }},
      {"page_pending", [](Q q) { return page_pending(q.hand.keys, 10, {}); }},
      {"peek", [](Q q) { return peek(q.hand.keys, q.key("inbox"), 0); }},
      {"totals", [](Q q) { return totals(q.hand.keys); }},
      {"rights", [](Q q) { return rights(q.hand.keys); }},
  };
}

// Every key, as DUMP gives it; what claim takes and puts back counts as one list.
class Moment {
 public:
  explicit Moment(const test::RedisServer& server) : client_(server.client()) {}

  Snapshot take() {
    auto keys = client_.run(redis::plain({"KEYS", "*"}));
    std::vector<redis::Command> dumps;
    for (size_t i = 0; i < keys->view().size(); ++i) {
      dumps.push_back(redis::plain({"DUMP", std::string(keys->view()[i].str())}));
    }
    Snapshot all;
    auto replies = client_.run_all(dumps);
    for (size_t i = 0; i < dumps.size(); ++i) {
      all[dumps[i].args[1]] = replies[i]->view().str();
    }
    return all;
  }
  void restore(const Snapshot& all) {
    std::vector<redis::Command> commands{redis::plain({"FLUSHALL"})};
    for (const auto& [key, dump] : all) {
      commands.push_back(redis::plain({"RESTORE", key, "0", dump}));
    }
    (void)client_.run_all(commands);
  }
  std::string waiting(const FurnishedQueue& queue) {
    std::string all;
    for (const char* list : {"pending", "reserved"}) {
      if (queue.server.command({"TYPE", queue.key(list)}) == "list") {
        all += queue.server.command({"LRANGE", queue.key(list), "0", "-1"}) + " ";
      }
    }
    return all;
  }
  Result<redis::OwnedReply> run(const redis::Command& command) { return client_.run(command); }

 private:
  redis::Client client_;
};

Snapshot without_lists(const FurnishedQueue& queue, Snapshot all) {
  all.erase(queue.key("pending"));
  all.erase(queue.key("reserved"));
  return all;
}

// Each call with each key of another type; how many were refused.
int meet_other_types(const std::vector<Call>& calls) {
  FurnishedQueue queue;
  enrich(queue);
  Moment moment(queue.server);
  Snapshot start = moment.take();
  int refused = 0;
  for (const auto& call : calls) {
    for (std::string name : kFixed) {
      moment.restore(start);
      redis::Command command = call.make(queue);
      if (queue.plant({"EXISTS", queue.key(name)}) == "1") {
        queue.plant({"RENAME", queue.key(name), "aside"});
      }
      queue.plant({"SADD", queue.key(name), "x"});
      Snapshot before = moment.take();
      std::string waiting = moment.waiting(queue);
      auto reply = moment.run(command);
      INFO(call.name << " with a damaged " << name << (reply ? "" : ": " + reply.error().message));
      if (!reply) {
        ++refused;
        CHECK(is_wrong_type(reply.error()));
        CHECK(without_lists(queue, moment.take()) == without_lists(queue, before));
        CHECK(moment.waiting(queue) == waiting);
        continue;
      }
      queue.plant({"DEL", queue.key(name)});
      if (queue.plant({"EXISTS", "aside"}) == "1") {
        queue.plant({"RENAME", "aside", queue.key(name)});
      }
      if (name != "stats") {
        CHECK(queue.found() == std::vector<std::string>{});
      }
    }
  }
  return refused;
}

}  // namespace

TEST_CASE("damage: a script that meets a key of another type changes nothing, or does its work") {
  auto calls = GENERATE(ends(), moves());
  CHECK(meet_other_types(calls) > 40);
}

TEST_CASE("damage: a script that only looks answers, or says that a key is of another type") {
  CHECK(meet_other_types(looks()) > 20);
}

TEST_CASE("damage: a pause and a pressure of any type are what they are") {
  FurnishedQueue queue;
  queue.plant({"SADD", queue.key("paused"), "x"});
  queue.plant({"SADD", queue.key("pressure"), "x"});
  CHECK(queue.hand.claim("v", 10).empty());
  (void)queue.hand.run(resume_queue(queue.hand.keys));
  CHECK(queue.hand.claim("v", 10).size() == 2);  // pending, large
  (void)queue.hand.run(expire(queue.hand.keys));
  CHECK(queue.plant({"ZCARD", queue.key("done")}) == "0");
  CHECK(queue.found() == std::vector<std::string>{});
}

TEST_CASE("damage: every script meets it here") {
  FurnishedQueue queue;
  std::set<std::string> missing;
  for (const auto& file :
       std::filesystem::directory_iterator(test::source_dir() + "/common/queue/lua")) {
    if (file.path().extension() == ".lua") {
      missing.insert(file.path().stem());
    }
  }
  for (const auto& calls : {ends(), moves(), looks()}) {
    for (const auto& call : calls) {
      auto command = call.make(queue);
      missing.erase(command.script ? std::string(command.script->name) : "log");  // by its text
    }
  }
  CHECK(missing == std::set<std::string>{});
}
