// The real stint-worker against a private Redis, with the test as its supervisor.
#include <catch2/catch.hpp>

#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;
using control::FrameType;

TEST_CASE("worker: claims, runs and finishes a thousand jobs") {
  QueueOfJobs queue;
  std::vector<JobSpec> jobs;
  for (int i = 0; i < 1000; ++i) {
    jobs.push_back(
        QueueOfJobs::spec("job-" + std::to_string(i), "echo", "{\"n\":" + std::to_string(i) + "}"));
  }
  queue.submit(jobs);
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  CHECK(eventually(milliseconds{30'000}, [&] { return queue.totals().succeeded == 1000; }));
  CHECK(queue.totals().done == 1000);
  CHECK(queue.totals().attempts == 1000);
  CHECK_THAT(queue.outcome("job-999"), Contains(R"("result":{"n":999})"));
  CHECK(worker.recorder().table().jobs_ended.load() == 1000);
  CHECK(worker.recorder().held().empty());
  worker.send(FrameType::kDrain);
  CHECK(worker.wait_exit() == 0);
  INFO(worker.err());
}
