// Leases: what a claim gives, and what the answer of a heartbeat means when it comes late.
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/support/slow_proxy.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;

namespace {

JobSpec sleeping(const std::string& id, const std::string& seconds, milliseconds lease) {
  JobSpec spec = job(id, "sleep", R"({"seconds":)" + seconds + "}");
  spec.limits.lease = lease;
  return spec;
}

}  // namespace

// A host that dies before its first heartbeat is noticed by this lease alone.
TEST_CASE("worker: a claim gives the shortest lease of its tasks, not 30 s") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.tasks["hang"].lease = milliseconds(2'000);
  WorkerProcess worker(boot);
  queue.submit({job("short", "hang")});
  std::string value;
  REQUIRE(eventually(kSoon, [&] {
    value = queue.server.command({"HGET", queue.keys("active"), "short"});
    return !value.empty();
  }));
  std::istringstream words(value);
  std::string token, holder, started, lease;
  words >> token >> holder >> started >> lease;
  CHECK(lease == "2000");
}

// The first beat meets a Redis without its script and goes out again, behind the ends of jobs that
// end meanwhile: those it finds gone, and that is no loss.
TEST_CASE("worker: a job that ends while its heartbeat is on its way has lost nothing") {
  QueueOfJobs queue;
  SlowProxy proxy(queue.server.socket(), milliseconds{100});
  auto url = redis::parse_url(proxy.url_text());
  REQUIRE(url);
  Boot boot = boot_for(*url);
  boot.config.slots = 8;
  WorkerProcess worker(boot);
  queue.submit({job("loads the scripts of claim and finish", "echo")});
  REQUIRE(queue.reaches("loads the scripts of claim and finish", "done"));
  // The beat is sent 1 s after the claim, its answer comes 0.4 s later, before the last job ends.
  std::vector<JobSpec> jobs;
  for (const char* seconds : {"0.85", "0.9", "0.95", "1", "1.05", "1.1", "1.15", "2"}) {
    jobs.push_back(sleeping(seconds, seconds, milliseconds{3'000}));
  }
  queue.submit(jobs);
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 9; }));
  CHECK_THAT(worker.err(), !Contains("lost"));
}
