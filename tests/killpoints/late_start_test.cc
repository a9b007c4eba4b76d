// A worker that is stopped between its last look at the lease and the mark of the start, until that
// lease has run out, or the time that the attempt had been given.
#include <signal.h>

#include <cstdlib>

#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/killpoints/course.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("kill points: a worker stopped right before the start mark does not start that job") {
  QueueOfJobs queue;
  TempDir dir;
  std::string point = dir / "point";
  std::string trace = dir / "trace";
  write_file(point, "stop stint-worker: before start mark");
  ::setenv("KILL_POINT_FILE", point.c_str(), 1);
  Boot boot = boot_for(queue.server.url());
  boot.config.tasks["witness"].grace = milliseconds(100);
  WorkerProcess worker(boot);
  ::unsetenv("KILL_POINT_FILE");
  JobSpec late = job("late", "witness", R"({"ms":1,"path":")" + trace + "\"}");
  if (GENERATE(true, false)) {
    late.limits.lease = milliseconds(1'000);
  } else {  // its lease is whole, but its supervisor would kill it at once
    late.limits.timeout = milliseconds(1'000);
  }
  queue.submit({late});
  worker.wait_stopped();
  MonoTime stopped = now_mono();
  auto held = worker.recorder().held();
  REQUIRE(held.size() == 1);
  CHECK(held[0].state == control::EntryState::kClaimed);
  REQUIRE(eventually(kSoon, [&] { return now_mono() - stopped > milliseconds(1'300); }));
  worker.signal(SIGCONT);
  CHECK(queue.reaches("late", "done"));
  CHECK_THAT(read_file(trace),
             !Catch::Matchers::Contains("begin " + std::to_string(held[0].token)));
  CHECK(queue.totals().attempts == 1);
}
