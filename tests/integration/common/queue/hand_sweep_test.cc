// The sweep of `stint sweep` and `stintd --flush-stale`, between whose questions workers renew.
#include "common/queue/hand_sweep.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "tests/integration/common/queue/queue_of_test.h"
#include "tests/support/best_of.h"

using namespace stint;
using namespace stint::queue_test;

namespace {

// `before` is called before each question, as if others came between.
struct SweptQueue : QueueOfTest {
  std::function<void(const redis::Command&)> before = [](const auto&) {};
  std::vector<std::string> settled;
  std::map<std::string, MonoTime> when;
  int questions = 0;
  StatusLine line{false};

  HandSweep by_hand(std::vector<HandSweep::Queue> queues, size_t most = 100'000) {
    return {std::move(queues),
            [this](const redis::Command& command) {
              ++questions;
              before(command);
              return client.run(command);
            },
            [this](size_t queue, const Swept& job) {
              settled.push_back((queue == 0 ? "" : std::to_string(queue) + ":") + job.id);
              when[job.id] = now_mono();
            },
            line, most};
  }
  HandSweep by_hand(size_t most = 100'000) { return by_hand({{keys, milliseconds{0}}}, most); }

  // An attempt of a worker that is gone, or that the test renews.
  void attempt(const std::string& id, int lease_ms, const std::string& mark = "") {
    say({"HSET", keys("jobs"), id, "\nt 1 nonce\nnull"});
    say({"HSET", keys("active"), id,
         "1763661387123456 w 1 " + std::to_string(lease_ms) + " 0 3 1000 "});
    if (!mark.empty()) {
      say({"ZADD", keys("leases"), mark, id});
    }
  }
  void renew(const std::string& id) { say({"ZINCRBY", keys("leases"), "1", id}); }
};

}  // namespace

TEST_CASE("hand sweep: nothing is active, nothing is waited for") {
  // Again, where the machine took two seconds between two questions.
  auto questions = [] {
    SweptQueue queue;
    auto sweep = queue.by_hand();
    REQUIRE(sweep.run());
    CHECK(sweep.seen() == 0);
    return queue.questions;
  };
  CHECK(test::best_of(3, 2, questions) == 1);
}

TEST_CASE("hand sweep: who renews lives, whatever Redis' clock makes of its mark") {
  SweptQueue queue;
  // A mark of 1970, one of a far future: as after a step of the clock, forward or back.
  queue.attempt("behind", 400, "1000");
  queue.attempt("ahead", 400, "99999999999999");
  queue.attempt("dead", 400, "1000");
  queue.attempt("ahead and dead", 400, "99999999999999");
  queue.attempt("never renewed", 400);
  queue.before = [&](const auto& command) {
    if (command.args[0] == "HMGET") {
      queue.renew("behind");
      queue.renew("ahead");
    }
  };
  auto sweep = queue.by_hand();
  MonoTime start = now_mono();
  REQUIRE(sweep.run());
  CHECK(now_mono() - start >= milliseconds{400});
  std::sort(queue.settled.begin(), queue.settled.end());
  CHECK(queue.settled == std::vector<std::string>{"ahead and dead", "dead", "never renewed"});
  CHECK(queue.where("behind") == "active");
  CHECK(queue.where("ahead") == "active");
  CHECK((sweep.seen() >= 2 && sweep.seen() <= 5));  // 2: it began again, behind the settled
  CHECK(sweep.undecided() == 0);
}

TEST_CASE("hand sweep: a renewal after its last look is seen by the script") {
  SweptQueue queue;
  queue.attempt("late", 300, "1000");
  queue.before = [&](const auto& command) {
    if (command.script != nullptr) {
      queue.renew("late");
    }
  };
  REQUIRE(queue.by_hand().run());
  CHECK(queue.settled.empty());
  CHECK(queue.where("late") == "active");
}

TEST_CASE("hand sweep: a short lease does not wait for a long one, and all who live end it early") {
  SweptQueue queue;
  queue.attempt("short", 300);
  queue.attempt("long", 60'000, "1000");
  queue.before = [&](const auto& command) {
    if (command.args[0] == "HMGET" && !queue.settled.empty()) {
      queue.renew("long");
    }
  };
  MonoTime start = now_mono();
  REQUIRE(queue.by_hand().run());
  CHECK(now_mono() - start < milliseconds{30'000});
  CHECK(queue.settled == std::vector<std::string>{"short"});
}

TEST_CASE("hand sweep: a value that cannot be read, an end meanwhile, another attempt meanwhile") {
  SweptQueue queue;
  for (const char* id : {"ends", "again"}) {
    queue.attempt(id, 300);
  }
  queue.say({"HSET", queue.keys("active"), "unreadable", "garbage"});
  bool done = false;
  queue.before = [&](const auto& command) {
    if (command.args[0] == "HMGET" && !std::exchange(done, true)) {
      queue.say({"HDEL", queue.keys("active"), "ends"});
      queue.say({"HSET", queue.keys("active"), "again", "1863661387123456 v 1 300 0 3 1000 "});
      queue.say({"HSET", queue.keys("active"), "unreadable", "1763661387123456 w 1 1 0 3 1000 "});
    }
  };
  REQUIRE(queue.by_hand().run());
  CHECK(queue.settled.empty());
  CHECK(queue.where("again") == "active");
}

TEST_CASE(
    "hand sweep: held up itself, it gives the living a whole lease again, and says so after three "
    "times") {
  SweptQueue queue;
  queue.attempt("dead", 300);
  MonoTime held{};
  bool always = false;
  queue.before = [&](const auto& command) {
    if (command.args[0] == "HMGET" && (always || held == MonoTime{})) {
      usleep(2'100'000);  // as under SIGSTOP, or while another program's script blocks Redis
      held = now_mono();
    }
  };
  REQUIRE(queue.by_hand().run());
  CHECK(queue.settled == std::vector<std::string>{"dead"});
  CHECK(queue.when["dead"] - held >= milliseconds{300});
  queue.attempt("dead", 300);
  always = true;
  auto given_up = queue.by_hand().run();
  REQUIRE_FALSE(given_up);
  CHECK(given_up.error().code == ErrorCode::kUnavailable);
  CHECK(queue.settled.size() == 1);
}

TEST_CASE("hand sweep: many in pages and rounds, of several queues at once") {
  SweptQueue queue;
  Keys other("stint", "other");
  for (int i = 0; i < 1'300; ++i) {
    queue.attempt("j" + std::to_string(i), 200);
  }
  queue.say({"HSET", other("active"), "there", "1763661387123456 w 1 200 0 3 1000 "});
  auto all = queue.by_hand({{queue.keys, milliseconds{0}}, {other, milliseconds{0}}}, 600);
  REQUIRE(all.run());
  CHECK(queue.settled.size() == 1'301);
  CHECK(queue.say({"HLEN", queue.keys("active")}) == "0");
  CHECK(std::count(queue.settled.begin(), queue.settled.end(), "1:there") == 1);
}

TEST_CASE("hand sweep: what Redis refuses ends it, and is told") {
  SweptQueue queue;
  queue.say({"SET", queue.keys("active"), "x"});
  auto refused = queue.by_hand().run();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kRefused);
}
