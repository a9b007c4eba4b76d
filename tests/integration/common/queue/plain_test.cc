// The short ways of submit, intake, claim and finish (lua/lib/plain_*.lua): where something is not
// as usual they leave the batch to the long ones, and have changed nothing.
#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;

namespace {

Ended plain(std::string id, uint64_t token) {
  Ended e = ended(std::move(id), token);
  e.limits.keep = milliseconds(0);
  return e;
}

constexpr const char* kKeys[] = {"jobs",      "params",  "active",   "locks",    "ghosts",
                                 "cancels",   "errors",  "outcomes", "logs",     "claims",
                                 "fins",      "stats",   "pending",  "reserved", "leases",
                                 "scheduled", "blocked", "fence",    "inbox",    "blockseq"};

// What was taken off `pending` may have been put back into `reserved`, in its order.
constexpr const char* kEverything = R"(
local all, ids = {}, {}
for _, name in ipairs(ARGV) do
  local list = (name == 'pending' or name == 'reserved') and redis.pcall('LRANGE', KEYS[1] .. name, 0, -1)
  if list and not list.err then
    for _, id in ipairs(list) do
      ids[#ids + 1] = id
    end
  else
    all[#all + 1] = redis.sha1hex(redis.call('DUMP', KEYS[1] .. name) or '')
  end
end
return table.concat(all, ' ') .. table.concat(ids, ' '))";

std::string all_keys(const QueueOfTest& q) {
  std::vector<std::string> command{"EVAL", kEverything, "1", q.keys.prefix()};
  command.insert(command.end(), std::begin(kKeys), std::end(kKeys));
  return q.say(command);
}

}  // namespace

TEST_CASE("plain finish: what it held goes to the first in line") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r"), job("c", "s")});
  Given given = q.take(1);
  REQUIRE(given.ids == std::vector<std::string>{"a", "c"});
  auto said = q.report(1, {plain("a", given.token), plain("c", given.token)});
  CHECK(said[0].place == Place::kGone);
  CHECK(said[1].place == Place::kGone);
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "b");
  CHECK(q.say({"HEXISTS", q.keys("locks"), "s"}) == "0");
  CHECK(q.take(2).ids == std::vector<std::string>{"b"});
}

TEST_CASE("plain finish: each resource of a batch has its heir, in the order in which they came") {
  QueueOfTest q;
  const std::vector<std::string> resources{"r0", "r1", "r2", "r3"};
  std::vector<JobSpec> specs;
  for (int round = 0; round < 3; ++round) {
    for (const std::string& r : resources) {
      specs.push_back(job(r + "-" + std::to_string(round), r));
    }
  }
  specs.push_back(job("free", "unwanted"));
  q.add(specs);
  Given given = q.take(1, 13);
  REQUIRE(given.ids.size() == 5);
  CHECK(q.say({"ZCARD", q.keys("blocked")}) == "8");
  for (int round = 0; round < 3; ++round) {
    INFO(round);
    std::vector<Ended> ends;
    for (const std::string& id : given.ids) {
      // Of each round one batch is kept: both short ways hand on.
      ends.push_back(round == 1 ? ended(id, given.token) : plain(id, given.token));
    }
    q.report(static_cast<uint64_t>(round) + 1, ends);
    CHECK(q.say({"HEXISTS", q.keys("locks"), "unwanted"}) == "0");
    given = q.take(static_cast<uint64_t>(round) + 2, 13);
    std::vector<std::string> expected;
    for (auto r = resources.rbegin(); r != resources.rend() && round < 2; ++r) {
      expected.push_back(*r + "-" + std::to_string(round + 1));
    }
    // The first in the batch that was passed on was pushed first, so it is the last to be taken.
    CHECK(
        given.ids ==
        (round % 2 == 0 ? expected : std::vector<std::string>(expected.rbegin(), expected.rend())));
  }
  CHECK(q.say({"EXISTS", q.keys("locks"), q.keys("blocked"), q.keys("jobs")}) == "1");
}

TEST_CASE("plain finish: a line in which strangers stand goes to the first who waits") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r")});
  Given given = q.take(1);
  q.say({"ZADD", q.keys("blocked") + ":r", "0", "stranger"});
  q.report(1, {plain("a", given.token)});
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "b");
  CHECK(q.say({"LRANGE", q.keys("pending"), "0", "-1"}) == "b");
}

TEST_CASE("plain finish: a job twice in a batch passes its resource on once") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r"), job("c", "r")});
  Given given = q.take(1);
  auto said = q.report(1, {plain("a", given.token), plain("a", given.token)});
  CHECK(said[0].place == Place::kGone);
  CHECK(said[1].lost_lease);
  CHECK(q.take(2).ids == std::vector<std::string>{"b"});
  CHECK(q.where("c") == "blocked");
}

TEST_CASE("plain finish: a lock that another holds is not passed on though somebody waits") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r"), job("c", "s"), job("d", "s")});
  Given given = q.take(1);
  q.say({"HSET", q.keys("locks"), "r", "other"});
  q.report(1, {plain("a", given.token), plain("c", given.token)});
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "other");
  CHECK(q.where("b") == "blocked");
  CHECK(q.take(2).ids == std::vector<std::string>{"d"});
}

TEST_CASE(
    "plain claim: who has to wait stands in line in the order of the batch, the others start") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r"), job("c"), job("d", "s"), job("e", "r"), job("f", "s")});
  Given given = q.take(1);
  CHECK(given.ids == std::vector<std::string>{"a", "c", "d"});
  CHECK(q.take(1).ids == given.ids);
  CHECK(q.say({"ZRANGE", q.keys("blocked") + ":r", "0", "-1", "WITHSCORES"}) == "b 1 e 2");
  CHECK(q.say({"ZRANGE", q.keys("blocked") + ":s", "0", "-1", "WITHSCORES"}) == "f 3");
  q.add({job("g", "s"), job("h", "r")});
  CHECK(q.take(2).ids.empty());
  CHECK(q.take(2).ids.empty());
  CHECK(q.say({"ZRANGE", q.keys("blocked") + ":s", "0", "-1", "WITHSCORES"}) == "f 3 g 4");
  CHECK(q.say({"ZRANGE", q.keys("blocked") + ":r", "0", "-1", "WITHSCORES"}) == "b 1 e 2 h 5");
  CHECK(q.say({"GET", q.keys("blockseq")}) == "5");
  CHECK(q.say({"ZCARD", q.keys("blocked")}) == "5");
}

TEST_CASE("plain claim: an id that stands twice in pending has one place in line, its first") {
  QueueOfTest q;
  q.add({job("a", "r"), job("b", "r"), job("c", "r")});
  q.say({"LPUSH", q.keys("pending"), "b"});
  CHECK(q.take(1).ids == std::vector<std::string>{"a"});
  CHECK(q.say({"ZRANGE", q.keys("blocked") + ":r", "0", "-1"}) == "b c");
  CHECK(q.say({"GET", q.keys("blockseq")}) == "2");
}

TEST_CASE(
    "plain claim: a counter of the line that is garbage begins again, a line of another type is "
    "left") {
  QueueOfTest q;
  q.say({"SET", q.keys("blockseq"), "garbage"});
  q.say({"SET", q.keys("blocked") + ":s", "no line"});
  q.add({job("a", "r"), job("b", "r"), job("c", "s"), job("d", "s")});
  CHECK(q.take(1).ids == std::vector<std::string>{"a", "c"});
  CHECK(q.say({"GET", q.keys("blockseq")}) == "2");
  CHECK(q.say({"GET", q.keys("blocked") + ":s"}) == "no line");
  CHECK(q.say({"ZCARD", q.keys("blocked")}) == "2");
}

TEST_CASE("plain finish: a lock that it does not hold stays") {
  QueueOfTest q;
  q.add({job("a", "r")});
  Given given = q.take(1);
  q.say({"HSET", q.keys("locks"), "r", "other"});
  CHECK(q.report(1, {plain("a", given.token)})[0].place == Place::kGone);
  CHECK(q.say({"HGET", q.keys("locks"), "r"}) == "other");
}

TEST_CASE("plain finish: a job twice in a batch is gone once") {
  QueueOfTest q;
  q.add({job("a"), job("b", "r")});
  Given given = q.take(1);
  auto said = q.report(1, {plain("a", given.token), plain("b", given.token),
                           plain("a", given.token), plain("b", given.token)});
  CHECK(said[0].place == Place::kGone);
  CHECK(said[1].place == Place::kGone);
  CHECK(said[2].lost_lease);
  CHECK(said[3].lost_lease);
  CHECK(q.stat("succeeded") == "2");
}

TEST_CASE("plain finish: a job twice in a batch that is kept is done once") {
  QueueOfTest q;
  q.add({job("a"), job("b", "r")});
  Given given = q.take(1);
  auto said = q.report(1, {ended("a", given.token), ended("b", given.token),
                           ended("a", given.token), ended("b", given.token)});
  CHECK(said[0].place == Place::kDone);
  CHECK(said[1].place == Place::kDone);
  CHECK(said[2].lost_lease);
  CHECK(said[3].lost_lease);
  CHECK(q.stat("succeeded") == "2");
  CHECK(q.say({"ZCARD", q.keys("done")}) == "2");
}

TEST_CASE(
    "plain finish: of those that are kept the marks of renewals go, and those of others stay") {
  QueueOfTest q;
  q.add({job("a"), job("b", "r"), job("long")});
  Given given = q.take(1);
  Limits limits;
  q.beat({{"a", given.token, true, limits}, {"long", given.token, true, limits}});
  REQUIRE(q.say({"ZCARD", q.keys("leases")}) == "2");
  auto said = q.report(1, {ended("a", given.token), ended("b", given.token)});
  CHECK(said[0].place == Place::kDone);
  CHECK(said[1].place == Place::kDone);
  CHECK(q.say({"ZRANGE", q.keys("leases"), "0", "-1"}) == "long");
  CHECK(q.say({"HKEYS", q.keys("active")}) == "long");
}

TEST_CASE("plain finish: the attempts of two claims, and then one that failed") {
  QueueOfTest q;
  q.add({job("a"), job("b", "r"), job("c")});
  Given first = q.take(1, 2);
  Given second = q.take(2, 2);
  auto said = q.report(1, {plain("a", first.token), plain("c", second.token),
                           ended("b", first.token, EndKind::kError)});
  CHECK(said[0].place == Place::kGone);
  CHECK(said[1].place == Place::kGone);
  CHECK(said[2].place == Place::kFailed);
  CHECK(q.report(1, {plain("a", first.token), plain("c", second.token),
                     ended("b", first.token, EndKind::kError)})[2]
            .place == Place::kFailed);
  CHECK(q.stat("succeeded") == "2");
}

TEST_CASE("plain claim: an id that stands twice in pending is given once") {
  QueueOfTest q;
  q.add({job("a"), job("b")});
  q.say({"RPUSH", q.keys("pending"), "b"});
  CHECK(q.take(1).ids == std::vector<std::string>{"b", "a"});
  CHECK(q.take(1).ids == std::vector<std::string>{"b", "a"});
  CHECK(q.say({"LLEN", q.keys("pending")}) == "0");
}

TEST_CASE(
    "plain submit, intake, claim, finish: a key of another type stops them before they write") {
  for (const std::string name : kKeys) {
    INFO(name);
    QueueOfTest q;
    q.add({job("a"), job("b", "r"), job("w", "r"), job("c", "s"), job("x", "r"), job("d")});
    Given given = q.take(1, 3);
    REQUIRE(given.ids.size() == 2);
    q.say({"LMOVE", q.keys("pending"), q.keys("reserved"), "RIGHT", "LEFT"});
    q.say({"LPUSH", q.keys("inbox"), "one", "two"});
    q.say({"DEL", q.keys(name)});
    q.say({"XADD", q.keys(name), "1-1", "what", "ever"});
    std::vector<Ended> ends{plain("a", given.token), plain("b", given.token)};
    std::vector<JobSpec> more{job("e"), job("f")};
    std::vector<InboxEntry> entries{{"one", job("g"), "", ""}, {"two", job("h"), "", ""}};
    for (const auto& command :
         {submit(q.keys, "12345678", false, more),
          intake(q.keys, q.keys("inbox"), "87654321", 100, entries),
          claim(q.keys, "w", 2, 10, milliseconds(30'000)), finish(q.keys, "w", 1, {}, ends)}) {
      std::string before = all_keys(q);
      auto reply = q.client.run(command);
      if (!reply.ok()) {
        CHECK_THAT(reply.error().message, Contains("WRONGTYPE"));
        CHECK(all_keys(q) == before);
      }
    }
  }
}

TEST_CASE("plain claim: many locks are taken without harm to any that is held") {
  QueueOfTest q;
  // Names that the keeper of a table of locks could be tempted to use for itself.
  std::string odd;
  for (int i = 0; i < 20; ++i) {
    odd += "long ";
  }
  q.add({job("odd", odd)});
  REQUIRE(q.take(1, 1).ids.size() == 1);
  std::vector<JobSpec> many;
  for (int i = 0; i < 30; ++i) {
    many.push_back(job("j" + std::to_string(i), "r" + std::to_string(i)));
  }
  q.add(many);
  REQUIRE(q.take(2, 30).ids.size() == 30);
  CHECK(q.say({"HLEN", q.keys("locks")}) == "31");
  CHECK(q.say({"HGET", q.keys("locks"), odd}) == "odd");
  q.add({job("second", odd)});
  CHECK(q.take(3, 1).ids.empty());
}

TEST_CASE("claim: a copy of a job that runs without a record is dropped, and ends nothing") {
  QueueOfTest q;
  q.add({job("a")});
  Given given = q.take(1);
  q.say({"HDEL", q.keys("jobs"), "a"});
  q.say({"LPUSH", q.keys("pending"), "a"});
  CHECK(q.take(2).ids.empty());
  CHECK(q.say({"ZSCORE", q.keys("failed"), "a"}).empty());
  CHECK(q.say({"HEXISTS", q.keys("active"), "a"}) == "1");
}
