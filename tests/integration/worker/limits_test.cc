// Timeouts, cancels, leases: who is told to stop, when the flight recorder says that force is due,
// and how attempts then end.
#include <signal.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>

#include "common/queue/finish.h"
#include "common/queue/upkeep.h"
#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/support/cut_proxy.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;
using control::FrameType;

namespace {

std::vector<control::EntryCopy> running_entries(WorkerProcess& worker) {
  auto entries = worker.recorder().held();
  std::erase_if(entries, [](const auto& e) { return e.state != control::EntryState::kStarted; });
  return entries;
}

std::optional<control::EntryCopy> running_entry(WorkerProcess& worker) {
  auto entries = running_entries(worker);
  return entries.empty() ? std::nullopt : std::optional(entries.front());
}

}  // namespace

TEST_CASE("worker: at its timeout a task is told, and ends as timeout") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  JobSpec heeding = job("heeding", "wait", R"({"on_stop":"release"})");
  heeding.limits.timeout = milliseconds(200);
  JobSpec late = job("late success", "wait", R"({"on_stop":"succeed"})");
  late.limits.timeout = milliseconds(200);
  queue.submit({heeding, late});
  CHECK(queue.reaches("heeding", "failed"));
  CHECK_THAT(queue.outcome("heeding"), Contains(R"("kind":"timeout")"));
  CHECK_THAT(queue.outcome("heeding"), Contains("200ms"));
  CHECK(queue.reaches("late success", "done"));
  CHECK_THAT(queue.outcome("late success"), Contains(R"("stopped":"timeout")"));
}

TEST_CASE("worker: from its start the flight recorder says when a task must be ended by force") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.tasks["hang"].grace = milliseconds(700);
  WorkerProcess worker(boot);
  JobSpec hanging = job("job", "hang");
  hanging.limits.timeout = milliseconds(300);
  MonoTime before = now_mono();
  queue.submit({hanging});
  std::optional<control::EntryCopy> found;
  REQUIRE(eventually(kSoon, [&] { return (found = running_entry(worker)).has_value(); }));
  MonoTime after = now_mono();
  const auto& entry = *found;
  CHECK(entry.id == "job");
  CHECK(entry.attempt == 1);
  CHECK(entry.kill_at >= before + milliseconds(1'000));
  CHECK(entry.kill_at <= after + milliseconds(1'000));
  CHECK(static_cast<EndKind>(entry.kill_kind) == EndKind::kTimeout);
  CHECK(eventually(kSoon, [&] {
    return worker.recorder().table().running[0].load() == static_cast<int32_t>(entry.index);
  }));
}

TEST_CASE("worker: without a timeout the end of the lease is due, and every renewal moves it") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  JobSpec hanging = job("job", "hang");
  hanging.limits.timeout = milliseconds(0);
  hanging.limits.lease = milliseconds(3'000);
  queue.submit({hanging});
  std::optional<control::EntryCopy> first, later;
  REQUIRE(eventually(kSoon, [&] { return (first = running_entry(worker)).has_value(); }));
  CHECK(static_cast<EndKind>(first->kill_kind) == EndKind::kLost);
  REQUIRE(eventually(kSoon, [&] {
    later = running_entry(worker);
    return later && later->kill_at > first->kill_at + milliseconds(1'500);
  }));
  CHECK(later->kill_at <= now_mono() + milliseconds(2'550));
  CHECK(queue.place("job") == "active");
  CHECK_THAT(queue.server.command({"HGET", queue.keys("active"), "job"}),
             Catch::Matchers::Matches(".* 1(@[0-9]+)? 3000 .*"));
}

TEST_CASE("worker: a cancelled task is told, and ends as cancelled whatever it says but success") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.slots = 3;
  WorkerProcess worker(boot);
  queue.submit({job("released", "wait", R"({"on_stop":"release"})"),
                job("failed", "wait", R"({"on_stop":"throw"})"),
                job("succeeded", "wait", R"({"on_stop":"succeed"})")});
  // One that is claimed and has not begun would end here as never started.
  REQUIRE(eventually(kSoon, [&] { return running_entries(worker).size() == 3; }));
  for (const char* id : {"released", "failed", "succeeded"}) {
    queue.cancel(id);
  }
  worker.send(FrameType::kLook);
  for (const char* id : {"released", "failed", "succeeded"}) {
    CHECK(queue.reaches(id, "done"));
  }
  CHECK_THAT(queue.outcome("released"), Contains(R"("state":"cancelled")"));
  CHECK_THAT(queue.outcome("failed"), Contains(R"("state":"cancelled")"));
  CHECK_THAT(queue.outcome("succeeded"), Contains(R"("stopped":"cancel")"));
}

TEST_CASE("worker: a cancelled task that does not stop is due for force after its grace") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.tasks["hang"].grace = milliseconds(500);
  WorkerProcess worker(boot);
  queue.submit({job("job", "hang")});
  REQUIRE(eventually(kSoon, [&] { return running_entry(worker).has_value(); }));
  queue.cancel("job");
  worker.send(FrameType::kLook);
  CHECK(eventually(kSoon, [&] {
    auto entry = running_entry(worker);
    return entry && static_cast<EndKind>(entry->kill_kind) == EndKind::kCancelled &&
           entry->kill_at <= now_mono() + milliseconds(500);
  }));
}

TEST_CASE("worker: an attempt that is another's is stopped, and its outcome dropped") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("job", "wait", R"({"on_stop":"succeed"})")});
  REQUIRE(eventually(kSoon, [&] { return running_entry(worker).has_value(); }));
  queue.server.command({"HSET", queue.keys("active"), "job", "999 other 1 30000 0 3 1000 "});
  worker.send(FrameType::kLook);
  CHECK(eventually(kSoon, [&] { return worker.recorder().held().empty(); }));
  CHECK_THAT(queue.server.command({"HGET", queue.keys("active"), "job"}), Contains("999 other"));
  CHECK_THAT(worker.err(), Contains("its outcome is dropped"));
}

TEST_CASE("worker: an attempt whose resource a later one has is stopped and handed back") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.slots = 2;
  boot.config.tasks["hang"].grace = milliseconds(500);
  WorkerProcess worker(boot);
  std::string task = GENERATE("wait", "hang");
  JobSpec first = job("first", task, R"({"on_stop":"throw"})");
  JobSpec second = job("second", "wait");
  first.resource = second.resource = "r";
  queue.submit({first});
  REQUIRE(eventually(kSoon, [&] { return running_entry(worker).has_value(); }));
  queue.server.command({"DEL", queue.keys("locks")});
  queue.submit({second});
  REQUIRE(queue.reaches("second", "active"));
  worker.send(FrameType::kLook);
  if (task == "hang") {  // it does not heed: the supervisor is to end it, as nobody's fault
    CHECK(eventually(kSoon, [&] {
      auto held = worker.recorder().held();
      return std::any_of(held.begin(), held.end(), [](const auto& entry) {
        return entry.id == "first" && entry.kill_kind == control::kKillInterrupted &&
               entry.kill_at <= now_mono() + milliseconds(500);
      });
    }));
    return;
  }
  CHECK(queue.reaches("first", "blocked"));
  CHECK(queue.place("second") == "active");
  CHECK(queue.totals().attempts == 0);
  CHECK_THAT(worker.err(), Contains("resource lost: a later attempt has it"));
}

TEST_CASE("worker: when Redis does not answer, tasks are stopped and handed back") {
  QueueOfJobs queue;
  TempDir dir;
  WorkerProcess worker(boot_for(queue.server.url()));
  JobSpec waiting = job(
      "job", "wait", R"({"seconds":60,"on_stop":"throw","started":")" + (dir / "started") + "\"}");
  waiting.limits.lease = milliseconds(3'000);
  queue.submit({waiting});
  REQUIRE(eventually(kSoon, [&] { return !read_file(dir / "started").empty(); }));
  queue.server.signal(SIGSTOP);
  // It has ended in the worker while Redis is away; how long before its lease ends is for
  // tests/fault/cut_off_test.cc to say.
  CHECK(eventually(kSoon, [&] {
    auto held = worker.recorder().held();
    return held.size() == 1 && held[0].state == control::EntryState::kEnded;
  }));
  queue.server.signal(SIGCONT);
  // Uncounted, and so it runs again.
  CHECK(eventually(kSoon, [&] { return read_file(dir / "started").size() > 20; }));
  CHECK(queue.totals().attempts == 0);
  CHECK_THAT(worker.err(), Contains("no renewal was answered in time"));
}

TEST_CASE(
    "worker: a process stopped for longer than a lease starts nothing of what it had claimed") {
  QueueOfJobs queue;
  TempDir dir;
  std::vector<JobSpec> jobs;
  for (int i = 0; i < 400; ++i) {
    jobs.push_back(job("job-" + std::to_string(i), "witness",
                       R"({"ms":1,"path":")" + (dir / "trace") + "\"}"));
    jobs.back().limits.lease = milliseconds(1'000);
    jobs.back().resource = jobs.back().id;  // so that it is in the trace: a token is a batch's
  }
  queue.submit(jobs);
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(eventually(kSoon, [&] { return queue.totals().succeeded > 100; }));
  std::set<std::string> claimed;  // "TOKEN JOB" of what had not started
  while (claimed.empty() && queue.totals().succeeded < 350) {
    worker.signal(SIGCONT);
    worker.stop();  // whole: a thread that still runs may start what is read as claimed
    for (const auto& entry : worker.recorder().held()) {
      if (entry.state == control::EntryState::kClaimed) {
        claimed.insert(std::to_string(entry.token) + " " + entry.id);
      }
    }
  }
  CHECK_FALSE(claimed.empty());
  // Without Redis no lease is renewed before the slot has looked at it: those it may start.
  queue.server.signal(SIGSTOP);
  std::this_thread::sleep_for(milliseconds{1'300});
  size_t before = read_file(dir / "trace").size();
  worker.signal(SIGCONT);
  std::this_thread::sleep_for(milliseconds{1'000});
  queue.server.signal(SIGCONT);
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 400; }));
  std::istringstream after(read_file(dir / "trace").substr(before));
  std::string what, token, resource, pid, time;
  while (after >> what >> token >> resource >> pid >> time) {
    CHECK_FALSE((what == "begin" && claimed.count(token + " " + resource) != 0));
  }
}

TEST_CASE("worker: lost requests and replies lose no job and run none twice") {
  QueueOfJobs queue;
  TempDir dir;
  CutProxy proxy(queue.server.socket());
  WorkerProcess worker(boot_for(proxy.url()));
  REQUIRE(worker.wait_ready());
  std::mt19937 random(20261120);
  for (int cut = 0; cut < 12; ++cut) {
    int before = proxy.cuts();
    auto bytes = static_cast<int64_t>(random() % 0x1fff);
    if (random() % 2 == 0) {
      proxy.cut_after_reply_bytes(bytes);
    } else {
      proxy.cut_after_request_bytes(bytes);
    }
    // Enough to reach that many bytes in either direction.
    std::vector<JobSpec> jobs;
    for (int i = 0; i < 250; ++i) {
      jobs.push_back(job("job-" + std::to_string(cut * 250 + i), "echo"));
    }
    queue.submit(jobs);
    REQUIRE(eventually(kSoon, [&] { return proxy.cuts() > before; }));
  }
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 3'000; }));
  CHECK(queue.totals().succeeded == 3'000);
  CHECK(queue.totals().attempts == 3'000);
  CHECK(queue.totals().active == 0);
  CHECK(eventually(kSoon, [&] { return worker.recorder().held().empty(); }));
}

TEST_CASE("worker: parameters that Redis refuses hold up no other job") {
  QueueOfJobs queue;
  queue.submit({job("big", "echo", '"' + std::string(100'000, 'x') + '"'), job("small", "echo")});
  queue.server.command({"DEL", queue.keys("params")});
  queue.server.command({"SET", queue.keys("params"), "of another type"});
  WorkerProcess worker(boot_for(queue.server.url()));
  CHECK(queue.reaches("small", "done"));
  auto client = queue.server.client();
  CHECK(eventually(kSoon, [&] {  // a daemon promotes what was put off
    return client.run(promote(queue.keys)) && queue.place("big") == "failed";
  }));
  CHECK_THAT(queue.outcome("big"), Contains("corrupt"));
  CHECK_THAT(worker.err(), Contains("redis refuses parameters"));
}

TEST_CASE("worker: an outage is said once when it begins and once when it ends") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  queue.server.kill9();
  CHECK(eventually(
      kSoon, [&] { return worker.err().find("redis cannot be reached") != std::string::npos; }));
  queue.server.restart();
  CHECK(eventually(kSoon, [&] { return worker.err().find("redis is back") != std::string::npos; }));
  std::string err = worker.err();
  for (const char* said : {"redis cannot be reached", "redis is back"}) {
    CHECK(err.find(said) == err.rfind(said));
  }
}
