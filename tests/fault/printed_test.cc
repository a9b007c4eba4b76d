// What a task prints stands in its own job's log, once and in order, however soon it returns; and
// nobody waits for long where the supervisor does not read it.
#include <algorithm>
#include <thread>

#include <catch2/catch.hpp>

#include "common/queue/submit.h"
#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"
#include "tests/support/scaled.h"
#include "worker/output_watch.h"

using namespace stint;
using namespace stint::test;

namespace {

std::string printing(const std::string& text, int lines, const std::string& more = "") {
  return R"({"text":")" + text + R"(","lines":)" + std::to_string(lines) +
         (more.empty() ? "" : "," + more) + "}";
}

std::vector<std::string> numbered(const std::string& text, int lines) {
  std::vector<std::string> all;
  for (int number = 1; number <= lines; ++number) {
    all.push_back(text + " " + std::to_string(number));
  }
  return all;
}

// Straight to the queue, in one call: one worker claims them together, and runs them without a
// pause. So it needs no daemon that is awake.
void submit_all(const Daemon& daemon, const std::vector<JobSpec>& jobs) {
  auto client = daemon.client();
  REQUIRE(client.run(submit(Keys("stint", "default"), new_nonce(), false, jobs)).ok());
}

JobSpec job_of(const std::string& id, const std::string& params) {
  JobSpec spec;
  spec.id = id;
  spec.task = "print";
  spec.params = params;
  return spec;
}

// Jobs name-1, name-2 and so on, each of which says its id.
std::vector<JobSpec> jobs_of(const std::string& name, int count, int lines,
                             const std::string& more = "") {
  std::vector<JobSpec> jobs;
  for (int i = 1; i <= count; ++i) {
    std::string id = name + "-" + std::to_string(i);
    jobs.push_back(job_of(id, printing(id, lines, more)));
  }
  return jobs;
}

void expect_own_lines(const Daemon& daemon, const std::vector<JobSpec>& jobs, int lines) {
  for (const auto& job : jobs) {
    INFO(job.id);
    REQUIRE(ended_as(daemon, job.id) == "done");
    CHECK(log_of(daemon, job.id) == numbered(job.id, lines));
  }
}

}  // namespace

TEST_CASE("printed: of many short jobs one after the other each has its own lines") {
  Daemon daemon;
  auto ones = jobs_of("one", scaled(60), 1);
  submit_all(daemon, ones);
  expect_own_lines(daemon, ones, 1);
  auto tens = jobs_of("ten", scaled(30), 10);
  submit_all(daemon, tens);
  expect_own_lines(daemon, tens, 10);
  auto errs = jobs_of("err", scaled(20), 5, R"("stream":2)");
  submit_all(daemon, errs);
  expect_own_lines(daemon, errs, 5);
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("printed: beside jobs that print nothing, and none of these has a line") {
  Daemon daemon;
  std::vector<JobSpec> jobs;
  for (int i = 1; i <= scaled(90); ++i) {
    bool prints = i % 3 == 0;
    std::string id = (prints ? "loud-" : "quiet-") + std::to_string(i);
    jobs.push_back(job_of(id, printing(id, prints ? 2 : 0)));
  }
  submit_all(daemon, jobs);
  for (int i = 1; i <= scaled(90); ++i) {
    const std::string& id = jobs[static_cast<size_t>(i - 1)].id;
    INFO(id);
    REQUIRE(ended_as(daemon, id) == "done");
    CHECK(log_of(daemon, id) == numbered(id, i % 3 == 0 ? 2 : 0));
  }
}

TEST_CASE("printed: a thousand lines at once, up to the limit of lines") {
  Daemon daemon;
  submit_all(daemon, jobs_of("much", 1, 1000));
  REQUIRE(ended_as(daemon, "much-1") == "done");
  auto lines = log_of(daemon, "much-1");
  CHECK(lines.size() > 950);  // what the worker itself logs is within the limit as well
  auto all = numbered("much-1", 1000);
  all.resize(lines.size());
  CHECK(lines == all);
}

TEST_CASE("printed: a last line without its newline is its job's, written or by stdio") {
  Daemon daemon;
  auto written = jobs_of("written", scaled(20), 2, R"("end":false)");
  auto buffered = jobs_of("buffered", scaled(20), 2, R"("end":false,"how":"printf")");
  submit_all(daemon, written);
  submit_all(daemon, buffered);
  expect_own_lines(daemon, written, 2);
  expect_own_lines(daemon, buffered, 2);
}

TEST_CASE("printed: right before its process died") {
  Daemon daemon;
  for (int lines : {1, 10, 400}) {
    std::string id = "dies-" + std::to_string(lines);
    push(daemon, id, "print", printing(id, lines, R"("kill":true)"), R"("retries":0)");
    REQUIRE(ended_as(daemon, id) == "failed");
    // The worker may have written the first of them and died before it could say so: then the
    // supervisor writes these once more, with the rest.
    auto all = numbered(id, lines);
    auto logged = log_of(daemon, id);
    REQUIRE(logged.size() >= all.size());
    REQUIRE(logged.size() <= 2 * all.size());
    auto rest = logged.end() - static_cast<std::ptrdiff_t>(all.size());
    CHECK(std::vector(rest, logged.end()) == all);
    CHECK(std::equal(logged.begin(), rest, all.begin()));
  }
}

TEST_CASE("printed: while the task runs, within a moment") {
  Daemon daemon;
  push(daemon, "slow", "print", printing("slow", 2, R"("ms":3000)"));
  CHECK(eventually(milliseconds{2'500}, [&] { return log_of(daemon, "slow").size() == 2; }));
  CHECK(outcome(daemon, "slow").empty());
  CHECK(ended_as(daemon, "slow") == "done");
  CHECK(log_of(daemon, "slow") == numbered("slow", 2));
}

TEST_CASE("printed: with Redis away when the task returns, the lines come with the end") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  push(daemon, "away", "print",
       announced(daemon / "started", R"("text":"away","lines":5,"before_ms":1000)"));
  REQUIRE(until_started(daemon / "started"));
  redis.signal(SIGSTOP);
  CHECK(until_logged(daemon, "away 5"));
  redis.signal(SIGCONT);
  CHECK(ended_as(daemon, "away") == "done");
  CHECK(log_of(daemon, "away") == numbered("away", 5));
}

TEST_CASE("printed: a stopped supervisor holds up the jobs for a second, not for each") {
  Daemon daemon;
  auto before = jobs_of("before", 1, 1);
  submit_all(daemon, before);
  expect_own_lines(daemon, before, 1);
  daemon.signal(SIGSTOP);
  MonoTime stopped = now_mono();
  auto during = jobs_of("during", scaled(42), 1);
  submit_all(daemon, during);
  for (const auto& job : during) {
    CHECK(ended_as(daemon, job.id) == "done");
  }
  CHECK(now_mono() - stopped < milliseconds{15'000});
  daemon.signal(SIGCONT);
  // They are in the daemon's log, as nobody's, and in no job's log.
  REQUIRE(until_logged(daemon, during.back().id + " 1"));
  for (const auto& job : during) {
    CHECK(log_of(daemon, job.id).empty());
    CHECK(until_logged(daemon, job.id + " 1"));
    CHECK(count_of(daemon.log(), job.id + " 1") == 1);
  }
  // The first that ends may find the late answer; then all is as it was.
  auto meanwhile = jobs_of("meanwhile", 1, 1);
  submit_all(daemon, meanwhile);
  REQUIRE(ended_as(daemon, "meanwhile-1") == "done");
  auto after = jobs_of("after", scaled(20), 3);
  submit_all(daemon, after);
  expect_own_lines(daemon, after, 3);
  daemon.stop();
}

TEST_CASE("printed: a supervisor that is killed or told to end while a slot waits for it") {
  bool killed = GENERATE(true, false);
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  auto workers = daemon.worker_pids();
  daemon.signal(SIGSTOP);
  submit_all(daemon, {job_of("waits", announced(daemon / "started", R"("text":"waits")"))});
  REQUIRE(until_started(daemon / "started"));
  if (killed) {
    daemon.kill9();
    CHECK(eventually(kSoon, [&] { return !alive(workers.at(0)); }));
  } else {
    daemon.signal(SIGTERM);
    daemon.signal(SIGCONT);
    CHECK(daemon.wait(kSoon) == 0);
  }
  CHECK(ended_as(daemon, "waits") == "done");
  CHECK(json_at(outcome(daemon, "waits"), "/attempt") == "1");
}

TEST_CASE("printed: while workers are replaced, each job has its own lines") {
  Daemon daemon;
  auto jobs = jobs_of("rolled", scaled(80), 2, R"("before_ms":10)");
  submit_all(daemon, jobs);
  REQUIRE(ended_as(daemon, "rolled-1") == "done");
  daemon.signal(SIGHUP);
  REQUIRE(until_logged(daemon, "all workers are new"));
  expect_own_lines(daemon, jobs, 2);
  daemon.stop();
}

TEST_CASE("printed: of a task that has returned, and whose worker died before anybody read it") {
  Daemon daemon;
  // Its slot waits for a second. In the middle of it the task has surely returned; a scheduler that
  // has others to serve may be late for either end, so one of five is enough.
  bool kept = false;
  for (int i = 1; i <= 5 && !kept; ++i) {
    REQUIRE(until_workers(daemon, 1));
    auto workers = daemon.worker_pids();
    std::string id = "unread-" + std::to_string(i);
    daemon.signal(SIGSTOP);
    submit_all(daemon, {job_of(id, announced(daemon / id, R"("text":"said")"))});
    REQUIRE(until_started(daemon / id));
    std::this_thread::sleep_for(OutputWatch::kPatience / 2);
    kill(workers.at(0), SIGKILL);
    daemon.signal(SIGCONT);
    (void)ended_as(daemon, id);
    // Its end was not acknowledged, so it runs again.
    auto both = numbered("said", 3);
    const auto again = both;
    both.insert(both.end(), again.begin(), again.end());
    kept = log_of(daemon, id) == both;
  }
  CHECK(kept);
}
