// The doctor on queues that move, and on long ones.
#include <atomic>
#include <random>
#include <thread>

#include "common/queue/upkeep.h"
#include "daemon/cli/doctor_repair.h"
#include "tests/integration/daemon/cli/furnished_queue.h"

using namespace stint;
using test::FurnishedQueue;
using test::QueueHand;
using Lines = std::vector<std::string>;

namespace {

// Everything that moves jobs, at random and without a pause, until it is told to stop.
class Bustle {
 public:
  Bustle(const test::RedisServer& server, unsigned seed, std::string name)
      : hand_(server), random_(seed), name_(std::move(name)) {}

  void step() {
    switch (pick(8)) {
      case 0:
      case 1:
        return submit_some();
      case 2:
      case 3:
        return claim_some();
      case 4:
        return hand_.remove(some_id());
      case 5:
        (void)hand_.run(cancel_jobs(hand_.keys, milliseconds{1000}, std::nullopt,
                                    std::vector<std::string>{some_id()}));
        return;
      case 6:
        (void)hand_.run(redis::plain(
            {"LMOVE", hand_.keys("pending"), hand_.keys("reserved"), "RIGHT", "LEFT"}));
        return;
      default:
        (void)hand_.run(promote(hand_.keys));
        (void)hand_.run(expire(hand_.keys));
    }
  }
  int steps() const { return steps_; }
  void run(const std::atomic<bool>& stop) {
    for (; !stop; ++steps_) {
      step();
    }
  }

 private:
  int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string some_id() { return "job-" + std::to_string(pick(400)); }

  void submit_some() {
    std::vector<JobSpec> specs;
    for (int i = pick(20); i >= 0; --i) {
      JobSpec spec = test::job_spec(some_id(), pick(2) == 0 ? "r" + std::to_string(pick(5)) : "");
      spec.params = pick(5) == 0 ? "\"" + std::string(5000, 'x') + "\"" : "{}";
      specs.push_back(std::move(spec));
    }
    hand_.submit(specs);
  }
  void claim_some() {
    for (auto& job : hand_.claim(name_, static_cast<size_t>(pick(20)))) {
      Beat beat{job.id, job.token, pick(2) == 0, Limits{}};
      (void)hand_.run(heartbeat(hand_.keys, name_, std::vector<Beat>{beat}));
      LogBatch log{job.id, job.token, {}, {"1 1 hello"}};
      (void)hand_.run(append_log(hand_.keys, std::vector<LogBatch>{log}));
      if (pick(4) == 0) {
        Release back{job.id, job.token, Release::How::kFree, milliseconds{pick(2)}};
        (void)hand_.run(release(hand_.keys, name_, std::vector<Release>{back}));
      } else {
        hand_.end(job, pick(3) == 0 ? EndKind::kError : EndKind::kOk, pick(2));
      }
    }
  }

  QueueHand hand_;
  std::mt19937 random_;
  std::string name_;
  std::atomic<int> steps_{0};
};

constexpr const char* kManyJobs = R"(
  for i = 1, tonumber(ARGV[1]) do
    local id = 'long-' .. i
    redis.call('HSET', KEYS[1] .. 'jobs', id, '\nnoop 1 nonce\nnull')
    redis.call('LPUSH', KEYS[1] .. 'pending', id)
  end)";

}  // namespace

TEST_CASE("doctor: a queue whose jobs move while it looks has nothing wrong") {
  FurnishedQueue queue;
  std::atomic<bool> stop{false};
  Bustle one(queue.server, 1, "one");
  Bustle two(queue.server, 2, "two");
  std::thread first([&] { one.run(stop); });
  std::thread second([&] { two.run(stop); });
  Lines found;
  // A fast machine examines 25 times before the movers have begun: go on until they have moved
  // enough.
  auto moved_enough = [&] { return one.steps() > 100 && two.steps() > 100; };
  for (int i = 0; i < 25 || (i < 10'000 && !moved_enough()); ++i) {
    auto some = queue.found();
    found.insert(found.end(), some.begin(), some.end());
  }
  stop = true;
  first.join();
  second.join();
  CHECK(found == Lines{});
  CHECK(one.steps() > 100);
  CHECK(two.steps() > 100);
  CHECK(queue.found() == Lines{});
}

TEST_CASE("doctor: one wrong job is found on a queue whose others move") {
  FurnishedQueue queue;
  queue.plant({"LREM", queue.key("pending"), "0", "pending"});
  std::atomic<bool> stop{false};
  Bustle one(queue.server, 3, "one");
  std::thread first([&] { one.run(stop); });
  auto found = queue.found();
  stop = true;
  first.join();
  CHECK(found == Lines{"id-nowhere pending"});
}

TEST_CASE(
    "doctor: in a list too long to be searched at once, wrong copies are found and no others") {
  FurnishedQueue queue;
  queue.plant({"EVAL", kManyJobs, "1", queue.hand.keys.prefix(), "101000"});
  queue.plant({"LREM", queue.key("pending"), "1", "long-60000"});
  queue.plant({"LINSERT", queue.key("pending"), "BEFORE", "long-70000", "long-80000"});
  CHECK(queue.found() == Lines{"copies long-80000", "id-nowhere long-60000"});
}

TEST_CASE(
    "repair: on a queue whose jobs move what is in order is left alone, and what is not mended") {
  FurnishedQueue queue;
  std::atomic<bool> stop{false};
  Bustle one(queue.server, 5, "one");
  std::thread first([&] { one.run(stop); });
  auto client = queue.server.client();
  Lines made;
  cli::QueueRepair repair([&](const auto& commands) { return client.run_all(commands); },
                          queue.hand.keys,
                          [&](const Repair& done) { made.push_back(done.check + " " + done.id); });
  // Every id of the queue, as if each had been suspected.
  auto mend_all = [&] {
    Lines ids{"pending", "active", "blocked", "done", "failed", "later", "dead"};
    for (int i = 0; i < 400; ++i) {
      ids.push_back("job-" + std::to_string(i));
    }
    for (const auto& id : ids) {
      repair.note({"id-nowhere", queue.key("jobs"), id, ""});
    }
    for (int r = 0; r < 5; ++r) {
      Finding lock{"lock-leak", queue.key("locks"), "", ""};
      lock.resource = "r" + std::to_string(r);
      repair.note(lock);
    }
    return repair.flush().ok();
  };
  for (int i = 0; i < 20 || (i < 1'000 && one.steps() < 200); ++i) {
    CHECK(repair.prepare().ok());
    CHECK(mend_all());
  }
  CHECK(made == Lines{});
  queue.plant({"HDEL", queue.key("active"), "active"});
  CHECK(mend_all());
  CHECK(std::count(made.begin(), made.end(), "id-nowhere active") == 1);
  stop = true;
  first.join();
  CHECK(mend_all());
  CHECK(queue.found() == Lines{});
}
