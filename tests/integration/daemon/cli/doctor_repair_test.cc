// One kind of damage a test, repaired on a queue that has a job in every place; and many at random.
#include "daemon/cli/doctor_repair.h"

#include <algorithm>
#include <map>
#include <random>

#include "common/queue/upkeep.h"
#include "tests/integration/daemon/cli/furnished_queue.h"
#include "tests/support/scaled.h"

using namespace stint;
using test::FurnishedQueue;
using Lines = std::vector<std::string>;

namespace {

class Patient : public FurnishedQueue {
 public:
  // "check id", sorted, of every repair; rounds as the verb makes them.
  Lines repair() {
    auto client = server.client();
    cli::Ask ask = [&client](const auto& commands) { return client.run_all(commands); };
    Lines made;
    cli::QueueRepair repair(ask, hand.keys, [&made, this](const Repair& one) {
      made.push_back(one.check + (one.id.empty() ? "" : " " + one.id));
      history += "repaired " + one.check + " " + one.id + ": " + one.what + "\n";
    });
    for (int64_t before = -1; before != repair.made();) {
      before = repair.made();
      REQUIRE(repair.prepare().ok());
      for (const auto& finding : findings()) {
        history += "found " + finding.check + " " + finding.id + ": " + finding.detail + "\n";
        repair.note(finding);
      }
      REQUIRE(repair.flush().ok());
    }
    std::sort(made.begin(), made.end());
    return made;
  }
  std::string place(const std::string& id) {
    auto reply = hand.run(locate(hand.keys, std::vector<std::string>{id}));
    return test::text_of(reply.view());
  }
  std::string history;
  std::string outcome(const std::string& id) { return plant({"HGET", key("outcomes"), id}); }
};

}  // namespace

TEST_CASE("repair: a queue in order is left alone") {
  Patient queue;
  CHECK(queue.repair() == Lines{});
}

TEST_CASE("repair: a job in no place is scheduled, or where its outcome says") {
  Patient queue;
  queue.plant({"DEL", queue.key("pending"), queue.key("done"), queue.key("failed")});
  CHECK(queue.repair() == Lines{"copies dead", "id-nowhere done", "id-nowhere failed",
                                "id-nowhere large", "id-nowhere pending", "kept-bytes"});
  CHECK(queue.found() == Lines{});
  CHECK(queue.place("done") == "done");
  CHECK(queue.place("failed") == "failed");
  CHECK(queue.place("large") == "scheduled");
}

TEST_CASE("repair: a job in two places stays in one") {
  Patient queue;
  queue.plant({"ZADD", queue.key("scheduled"), "1", "active"});
  queue.plant({"RPUSH", queue.key("pending"), "failed", "alone", "pending"});
  CHECK(queue.repair() ==
        Lines{"copies pending", "id-twice active", "id-twice alone", "id-twice failed"});
  CHECK(queue.found() == Lines{});
  CHECK(queue.place("active") == "active");
  CHECK(queue.place("failed") == "failed");
  Lines given;
  for (const auto& one : queue.hand.claim("v", 100)) {
    given.push_back(one.id);
  }
  CHECK(given == Lines{"pending", "large"});
}

TEST_CASE("repair: a job whose record is lost stays to be seen") {
  Patient queue;
  queue.plant({"DEL", queue.key("jobs")});
  queue.repair();
  CHECK(queue.found() == Lines{});
  for (std::string id : {"pending", "large", "later", "blocked", "between"}) {
    CHECK(queue.place(id) == "failed");
    CHECK_THAT(queue.outcome(id), Catch::Contains(R"("reason":"corrupt")"));
  }
  CHECK(queue.place("active") == "active");
  CHECK(queue.place("done") == "done");
  CHECK(queue.place("dead") == "none");
}

TEST_CASE("repair: what cannot be read or has lost its parameters ends as corrupt") {
  Patient queue;
  queue.plant({"HSET", queue.key("jobs"), "pending", "garbage", "later", "r3\nnoop 1 n ?"});
  queue.plant({"DEL", queue.key("params")});
  CHECK(queue.repair() ==
        Lines{"params-missing large", "record-corrupt later", "record-corrupt pending"});
  CHECK(queue.found() == Lines{});
  CHECK_THAT(queue.outcome("large"), Catch::Contains("its parameters were lost"));
}

TEST_CASE("repair: a running attempt keeps its resource, whatever its record says") {
  Patient queue;
  SECTION("no record") {
    queue.plant({"HDEL", queue.key("jobs"), "active"});
  }
  SECTION("a record that names another resource") {
    queue.plant({"HSET", queue.key("jobs"), "active", "other\nspoilt"});
  }
  SECTION("a value that cannot be read") {
    queue.plant({"HDEL", queue.key("jobs"), "active"});
    queue.plant({"HSET", queue.key("active"), "active", "garbage"});
  }
  std::vector<Relock> lock{{"r1", ""}, {"other", ""}};
  CHECK(parse_relock(queue.hand.keys, queue.hand.run(relock(queue.hand.keys, lock)).view())
            .value()
            .empty());
  queue.repair();
  (void)queue.hand.run(relock(queue.hand.keys, lock));
  CHECK(queue.plant({"HGET", queue.key("locks"), "r1"}) == "active");
  CHECK(queue.place("blocked") == "blocked");
  CHECK(queue.place("active") == "active");
}

TEST_CASE("repair: an attempt whose resource is garbage has that of its record again") {
  Patient queue;
  queue.plant({"HSET", queue.key("active"), "active", "1 w 1 1000 0 3 1000 other"});
  CHECK(queue.repair() == Lines{"active-corrupt active"});
  CHECK(queue.plant({"HGET", queue.key("active"), "active"}) == "1 w 1 1000 0 3 1000 r1");
  CHECK(queue.found() == Lines{});
}

TEST_CASE("repair: a lost attempt that may still run has a lease to end") {
  Patient queue;
  queue.hand.submit({test::job_spec("free")});
  REQUIRE(queue.hand.claim("w", 1).size() == 1);  // pending: it stands first
  queue.plant({"DEL", queue.key("active")});
  queue.repair();
  CHECK(queue.found() == Lines{});
  CHECK(queue.place("pending") == "scheduled");
  CHECK(queue.place("active") == "active");
  CHECK(queue.plant({"HGET", queue.key("locks"), "r1"}) == "active");
  CHECK(queue.place("blocked") == "blocked");
  for (const auto& one : queue.hand.claim("v", 100)) {
    CHECK((one.id == "large" || one.id == "free"));
  }
  // The sweep gives it back, as next holder.
  Suspect suspect{"active", queue.plant({"HGET", queue.key("active"), "active"}),
                  queue.plant({"ZSCORE", queue.key("leases"), "active"})};
  (void)queue.hand.run(sweep(queue.hand.keys, milliseconds{0}, {&suspect, 1}));
  CHECK(queue.place("active") == "pending");
  CHECK(queue.plant({"HGET", queue.key("locks"), "r1"}) == "active");
}

TEST_CASE("repair: locks and lines follow from the jobs") {
  Patient queue;
  SECTION("all locks are lost") {
    queue.plant({"DEL", queue.key("locks")});
    queue.repair();
    CHECK(queue.plant({"HGET", queue.key("locks"), "r1"}) == "active");
    CHECK(queue.plant({"HGET", queue.key("locks"), "r2"}) == "alone");
  }
  SECTION("the line is lost") {
    queue.plant({"DEL", queue.hand.keys.blocked("r1")});
    CHECK(queue.repair() == Lines{"waiter-missing blocked"});
  }
  SECTION("a hand-over was lost") {
    queue.plant({"HDEL", queue.key("active"), "active"});
    queue.plant({"HDEL", queue.key("locks"), "r1"});
    queue.repair();
    CHECK(queue.plant({"HGET", queue.key("locks"), "r1"}) == "active");
    CHECK(queue.place("blocked") == "blocked");
  }
  SECTION("locks of nobody, strangers in line") {
    queue.plant({"HSET", queue.key("locks"), "r9", "nobody", "r3", "later"});
    queue.plant({"ZADD", queue.hand.keys.blocked("r2"), "7", "blocked"});
    CHECK(queue.repair() == Lines{"lock-leak later", "lock-leak nobody", "waiter-stale blocked"});
  }
  CHECK(queue.found() == Lines{});
}

TEST_CASE("repair: what stands beside a job fits its place") {
  Patient queue;
  queue.plant({"ZADD", queue.key("leases"), "1", "pending"});
  queue.plant({"HSET", queue.key("cancels"), "nobody", "cancel"});
  queue.plant({"HSET", queue.key("outcomes"), "pending", "{}", "nobody", "{}"});
  queue.plant({"HDEL", queue.key("outcomes"), "done", "failed"});
  queue.plant({"HSET", queue.key("errors"), "failed", "{\"kind\":\"x\"}", "nobody", "{}"});
  queue.plant({"HSET", queue.key("params"), "pending", "{}", "nobody", "{}"});
  queue.plant({"HSET", queue.key("logs"), "nobody", "1 0\n"});
  queue.plant({"RPUSH", queue.hand.keys.log("pending"), "4 1 1 text"});
  queue.plant({"DEL", queue.hand.keys.log("active")});
  queue.plant({"ZADD", queue.key("scheduled"), "inf", "later"});
  queue.plant({"HSET", queue.key("active"), "active", "1 w 1 1000 0 3 1000 other"});
  queue.plant({"HSET", queue.key("stats"), "kept_bytes", "7", "lost", "many", "ghosts", "9"});
  queue.repair();
  CHECK(queue.found() == Lines{});
  CHECK_THAT(queue.outcome("failed"), Catch::Contains(R"({"kind":"x"},)"));
  CHECK(queue.plant({"HGET", queue.key("logs"), "pending"}) == "4 10\n");
}

TEST_CASE("repair: a key of another type is moved aside, whichever it is, and keeps its bytes") {
  Patient queue;
  std::string name = GENERATE("jobs", "pending", "locks", "ghosts", "stats", "claims", "workers",
                              "active", "blocked", "outcomes", "errors", "scheduled", "fence",
                              "blocked:r1", "log:active", "worker:w");
  queue.plant({"DEL", queue.key(name)});
  queue.plant({"SADD", queue.key(name), "precious"});
  auto made = queue.repair();
  CHECK(std::count(made.begin(), made.end(), "wrong-type") == 1);
  CHECK(queue.found() == Lines{});
  auto aside = queue.plant({"KEYS", queue.key("damaged:" + name + ":*")});
  CHECK(queue.plant({"SMEMBERS", aside}) == "precious");
}

namespace {

// Damage at random: a member, a whole key, a wrong type, garbage, in any key of the queue.
class Vandal {
 public:
  Vandal(Patient& queue, unsigned seed) : queue_(queue), random_(seed) {}

  void strike() {
    std::string keys = queue_.plant({"EVAL", kKeys, "0"});
    std::vector<std::string> names;
    for (size_t at = 0; at < keys.size();) {
      size_t stop = std::min(keys.find(' ', at), keys.size());
      names.push_back(keys.substr(at, stop - at));
      at = stop + 1;
    }
    std::sort(names.begin(), names.end());  // or each server's hash seed would choose
    const std::string& key = names[pick(names.size())];
    std::string how = kHow[pick(std::size(kHow))];
    std::string id = kIds[pick(std::size(kIds))];
    queue_.history += how + " " + key + " " + id + "\n";
    queue_.plant({"EVAL", kStrike, "1", key, how, id, std::to_string(pick(1000))});
  }

 private:
  static constexpr const char* kKeys = "return redis.call('KEYS', 'stint:{default}:*')";
  static constexpr const char* kHow[] = {"drop",  "drop",  "garbage", "garbage",
                                         "other", "other", "delete",  "type"};
  static constexpr const char* kIds[] = {"pending", "active",  "blocked", "later", "failed", "done",
                                         "large",   "between", "alone",   "dead",  "nobody"};
  // drop and garbage: a member that is there; other: one that was not.
  static constexpr const char* kStrike = R"(
    local key, how, id, n = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
    local call, kind = redis.call, redis.call('TYPE', KEYS[1]).ok
    if how == 'delete' then return call('DEL', key) end
    if how == 'type' then call('DEL', key) return call('SADD', key, 'x') end
    if kind == 'hash' then
      local fields = call('HKEYS', key)
      table.sort(fields)
      local field = how == 'other' and id or fields[n % #fields + 1]
      if how == 'drop' then return call('HDEL', key, field) end
      return call('HSET', key, field, n % 2 == 0 and 'garbage' or id)
    elseif kind == 'zset' then
      local members = call('ZRANGE', key, 0, -1)
      local member = how == 'other' and id or members[n % #members + 1]
      if how == 'drop' then return call('ZREM', key, member) end
      return call('ZADD', key, n % 2 == 0 and 'inf' or n, member)
    elseif kind == 'list' then
      if how == 'drop' then return call('LPOP', key) end
      return call('RPUSH', key, id)
    elseif kind == 'string' then
      return call('SET', key, 'garbage')
    end)";
  size_t pick(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  Patient& queue_;
  std::mt19937 random_;
};

Lines unreadable_of(const Lines& found) {
  const std::string check = "active-corrupt ";
  Lines unreadable;
  for (const auto& line : found) {
    if (line.starts_with(check)) {
      unreadable.push_back(line.substr(check.size()));
    }
  }
  return unreadable;
}

// An attempt whose value in active cannot be read may still run, and without its record nobody can
// tell with which resource: it is the sweep's, and what else is wrong with it or with what it may
// hold waits.
void spare_unreadable(Lines& found) {
  Lines unreadable = unreadable_of(found);
  std::erase_if(found, [&](const auto& line) {
    bool about_a_lock = line.starts_with("lock-") || line.starts_with("waiter-unlocked ");
    return (!unreadable.empty() && about_a_lock) ||
           std::any_of(unreadable.begin(), unreadable.end(),
                       [&](const auto& id) { return line.ends_with(" " + id); });
  });
}

// As a daemon does with what it has seen unchanged for a whole lease.
void sweep_unreadable(Patient& queue) {
  std::vector<Suspect> suspects;
  for (const auto& id : unreadable_of(queue.found())) {
    suspects.push_back({id, queue.plant({"HGET", queue.key("active"), id}),
                        queue.plant({"ZSCORE", queue.key("leases"), id})});
  }
  (void)queue.hand.run(sweep(queue.hand.keys, milliseconds{0}, suspects));
}

// What must not be given twice, given until nothing comes any more.
std::map<std::string, int> drain(Patient& queue) {
  std::map<std::string, int> runs;
  queue.plant({"EVAL",
               "for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do "
               "redis.call('ZADD', KEYS[1], 1, id) end",
               "1", queue.key("scheduled")});
  for (int idle = 0; idle < 2;) {
    (void)queue.hand.run(promote(queue.hand.keys));
    auto given = queue.hand.claim("drain", 100);
    idle = given.empty() ? idle + 1 : 0;
    for (const auto& one : given) {
      ++runs[one.id];
      queue.hand.end(one, EndKind::kOk);
    }
  }
  return runs;
}

}  // namespace

TEST_CASE("repair: after any damage nothing is wrong, and what can run runs once") {
  auto seed = GENERATE(range(1U, 1U + test::scaled(100U)));
  Patient queue;
  Vandal vandal(queue, seed);
  INFO("seed " << seed);
  for (unsigned strikes = 1 + seed % 6; strikes > 0; --strikes) {
    vandal.strike();
  }
  // Attempts whose worker is gone are the sweep's; here the worker ends them, where it still can.
  queue.repair();
  INFO(queue.history);
  auto left = queue.found();
  spare_unreadable(left);
  CHECK(left == Lines{});
  CHECK(queue.repair() == Lines{});
  auto runs = drain(queue);
  left = queue.found();
  spare_unreadable(left);
  CHECK(left == Lines{});
  sweep_unreadable(queue);
  queue.repair();
  CHECK(queue.found() == Lines{});
  for (const auto& [id, times] : drain(queue)) {
    runs[id] += times;
  }
  for (const auto& [id, times] : runs) {
    INFO(id);
    CHECK(times == 1);
  }
  auto totals = parse_totals(queue.hand.run(stint::totals(queue.hand.keys)).view());
  REQUIRE(totals.ok());
  CHECK(totals->pending + totals->reserved + totals->scheduled == 0);
  CHECK(queue.found() == Lines{});
}
