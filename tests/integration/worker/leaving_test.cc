// How a worker leaves: drain, stop, a dead supervisor, recycling, a crash, without a supervisor at
// all.
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;
using control::FrameType;

namespace {

// Of a process; 0 if it is gone.
size_t threads(pid_t pid) {
  std::error_code ignored;
  std::filesystem::directory_iterator tasks("/proc/" + std::to_string(pid) + "/task", ignored);
  return ignored ? 0 : static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

// With the limit of a stop that these tests set; the default one is 25 s.
constexpr milliseconds kWithin{20'000};

bool runs(WorkerProcess& worker, size_t slot = 0) {
  return worker.recorder().table().running[slot].load() >= 0;
}

}  // namespace

TEST_CASE("worker: a drained worker finishes what runs, gives back the rest and exits 0") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("running", "sleep", R"({"seconds":3})"), job("waiting", "echo")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  worker.send(FrameType::kDrain);
  CHECK(worker.wait_exit() == 0);
  CHECK(queue.place("running") == "done");
  CHECK(queue.place("waiting") == "pending");
  CHECK(worker.recorder().held().empty());
}

TEST_CASE("worker: a stopped worker tells its tasks, which may ask to be run again") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("running", "sleep", R"({"seconds":60})")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  worker.send(FrameType::kStop, "600000");
  CHECK(worker.wait_exit() == 0);
  CHECK(queue.place("running") == "pending");
  CHECK(queue.totals().attempts == 0);
}

TEST_CASE("worker: at the limit of a stop the supervisor finds what must be given back") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("stubborn", "hang")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  worker.send(FrameType::kStop, "600000");
  worker.send(FrameType::kStop, "200");  // a shorter one replaces it
  CHECK(worker.wait_exit() == 0);
  auto held = worker.recorder().held();
  REQUIRE(held.size() == 1);
  CHECK(held[0].id == "stubborn");
  CHECK(held[0].state == control::EntryState::kEnded);
  CHECK(queue.place("stubborn") == "active");  // until this process is known to be dead
}

TEST_CASE("worker: when its supervisor dies a worker hands back what it holds and exits") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.shutdown_timeout = milliseconds(300);
  WorkerProcess worker(boot);
  queue.submit({job("stubborn", "hang"), job("waiting", "echo")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  worker.hang_up();
  CHECK(worker.wait_exit(kWithin) == 0);
  CHECK(queue.place("stubborn") == "pending");
  CHECK(queue.place("waiting") == "pending");
  CHECK(queue.totals().attempts == 0);
  CHECK(queue.server.command({"HGET", queue.keys("claims"), boot.worker}) == "closed");
}

TEST_CASE("worker: without a supervisor no task runs any more when its job is given back") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.shutdown_timeout = milliseconds(100);
  WorkerProcess worker(boot);
  queue.submit({job("stubborn", "hang")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  REQUIRE(threads(worker.pid()) > 1);
  worker.hang_up();
  // Answers at the moment of the push, long before the worker could go on to exit.
  std::string taken;
  for (int i = 0; i < 10 && taken.empty(); ++i) {
    taken = queue.server.command({"BLPOP", queue.keys("pending"), "5"});
  }
  size_t left = threads(worker.pid());
  CHECK_THAT(taken, Contains("stubborn"));
  CHECK(left <= 1);
  CHECK(worker.wait_exit() == 0);
}

TEST_CASE("worker: without a supervisor no further TERM, INT or HUP keeps it from giving back") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.shutdown_timeout = milliseconds(100);
  WorkerProcess worker(boot);
  queue.submit({job("stubborn", "hang")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  worker.hang_up();
  // At every moment of it: before exec, in exec, while the new program starts, while it settles.
  // HUP ends a worker as it ends any program; from exec on it is blocked.
  siginfo_t dead{};
  while (::waitid(P_PID, static_cast<id_t>(worker.pid()), &dead, WEXITED | WNOHANG | WNOWAIT) ==
             0 &&
         dead.si_pid == 0) {
    worker.signal(SIGTERM);
    worker.signal(SIGINT);
    if (threads(worker.pid()) == 1) {
      worker.signal(SIGHUP);
    }
  }
  CHECK(worker.wait_exit() == 0);
  CHECK(queue.place("stubborn") == "pending");
}

TEST_CASE(
    "worker: without a supervisor what Redis refuses for a while is given back all the same") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.shutdown_timeout = milliseconds(100);
  WorkerProcess worker(boot);
  queue.submit({job("stubborn", "hang")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  queue.server.command({"CONFIG", "SET", "min-replicas-to-write", "1"});
  worker.hang_up();
  REQUIRE(eventually(kSoon, [&] { return threads(worker.pid()) == 1; }));
  // What was refused until now was the worker's; from here on the program without tasks is.
  queue.server.command({"CONFIG", "RESETSTAT"});
  REQUIRE(eventually(kSoon, [&] {
    return queue.server.command({"INFO", "errorstats"}).find("NOREPLICAS") != std::string::npos;
  }));
  queue.server.command({"CONFIG", "SET", "min-replicas-to-write", "0"});
  CHECK(worker.wait_exit() == 0);
  CHECK(queue.place("stubborn") == "pending");
  CHECK(queue.totals().attempts == 0);
}

TEST_CASE("worker: a paused worker takes nothing until it is continued") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  worker.send(FrameType::kPause);
  REQUIRE(eventually(kSoon, [&] {
    return queue.server.command({"HGET", queue.keys.worker("host-1-test.1"), "state"}) == "paused";
  }));
  REQUIRE(eventually(kSoon, [&] {
    return queue.server.command({"INFO", "clients"}).find("blocked_clients:0") != std::string::npos;
  }));
  queue.submit({job("job", "echo")});
  CHECK_FALSE(queue.reaches("job", "done", milliseconds{300}));
  worker.send(FrameType::kContinue);
  CHECK(queue.reaches("job", "done"));
}

TEST_CASE("worker: one whose tasks others have no longer promises them, one that goes alone does") {
  bool replaced = GENERATE(true, false);
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.max_jobs = replaced ? 0 : 1;
  boot.config.slots = 2;
  WorkerProcess worker(boot);
  queue.submit({job("long", "sleep", R"({"seconds":60})")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker) || runs(worker, 1); }));
  queue.server.command({"DEL", queue.keys("tasks")});
  if (replaced) {
    worker.send(FrameType::kDrain);
  } else {
    queue.submit({job("last", "echo")});
  }
  REQUIRE(eventually(kSoon, [&] {
    return queue.server.command({"HGET", queue.keys.worker("host-1-test.1"), "state"}) ==
           "draining";
  }));
  CHECK(queue.server.command({"EXISTS", queue.keys("tasks")}) == (replaced ? "0" : "1"));
}

TEST_CASE("worker: after max_jobs it asks to be replaced") {
  QueueOfJobs queue;
  std::vector<JobSpec> jobs;
  for (int i = 0; i < 500; ++i) {
    jobs.push_back(job("job-" + std::to_string(i), "echo"));
  }
  queue.submit(jobs);
  Boot boot = boot_for(queue.server.url());
  boot.config.max_jobs = 50;
  WorkerProcess worker(boot);
  CHECK(worker.wait_exit() == 75);
  auto totals = queue.totals();
  CHECK(totals.succeeded >= 50);
  CHECK(totals.succeeded + totals.pending == 500);
}

TEST_CASE("worker: past max_rss it asks to be replaced") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.max_rss = int64_t{300} << 20;
  WorkerProcess worker(boot);
  queue.submit({job("job", "grow", R"({"mib":320})")});
  CHECK(worker.wait_exit() == 75);
  CHECK(queue.place("job") == "done");
}

TEST_CASE("worker: signals that its group gets do not end it") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  for (int number : {SIGTERM, SIGINT, SIGPIPE}) {
    worker.signal(number);
  }
  queue.submit({job("job", "echo")});
  CHECK(queue.reaches("job", "done"));
  CHECK(worker.running());
}

TEST_CASE("worker: a crash leaves its signal, its backtrace and what it held") {
  QueueOfJobs queue;
  std::string how = GENERATE(as<std::string>(), "null", "stack", "abort");
  int signal = how == "abort" ? SIGABRT : SIGSEGV;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("job", "crash", R"({"how":")" + how + "\"}")});
  CHECK(worker.wait_exit() == 128 + signal);
  auto held = worker.recorder().held();
  REQUIRE(held.size() == 1);
  CHECK(held[0].id == "job");
  CHECK(held[0].state == control::EntryState::kStarted);
  CHECK_THAT(worker.recorder().crash_text(), Contains("faulty.so"));
}

TEST_CASE("worker: its loop's beat is seen, also while a task hangs") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("job", "hang")});
  REQUIRE(eventually(kSoon, [&] { return runs(worker); }));
  auto beat = [&] { return worker.recorder().table().beat_ns.load(); };
  int64_t before = beat();
  CHECK(eventually(kSoon, [&] { return beat() > before; }));
}

TEST_CASE("stand-alone worker: runs jobs, and TERM stops it as it would stop stintd") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.supervised = false;
  boot.config.shutdown_timeout = milliseconds(300);
  WorkerProcess worker(boot);
  queue.submit({job("quick", "echo"), job("stubborn", "hang")});
  CHECK(queue.reaches("quick", "done"));
  CHECK(queue.reaches("stubborn", "active"));
  worker.signal(SIGTERM);
  CHECK(worker.wait_exit(kWithin) == 0);
  CHECK(queue.place("stubborn") == "pending");
}

TEST_CASE(
    "stand-alone worker: a task that ignores its timeout ends the process, and costs one attempt") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.supervised = false;
  boot.config.slots = 2;
  boot.config.tasks["hang"].grace = milliseconds(200);
  WorkerProcess worker(boot);
  JobSpec hanging = job("hanging", "hang");
  hanging.limits.timeout = milliseconds(500);
  queue.submit({hanging, job("neighbour", "sleep", R"({"seconds":60})")});
  CHECK(worker.wait_exit() == 75);
  CHECK(queue.place("hanging") == "failed");
  CHECK_THAT(queue.outcome("hanging"), Contains(R"("kind":"timeout")"));
  CHECK(queue.place("neighbour") == "pending");
  CHECK(queue.totals().attempts == 1);
}
