// What a task prints stands in its own job's log, once and in order, however soon it returns; and
// nobody waits for long where the supervisor does not read it.
#include <algorithm>
#include <functional>
#include <sstream>
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

struct Prints {
  int count = 1;
  int lines = 1;
  std::string more{};
  int every = 1;  // 3: the third prints, the sixth and so on, the others nothing
};

// Jobs name-1, name-2 and so on, each of which says its id.
std::vector<JobSpec> jobs_of(const std::string& name, const Prints& prints) {
  std::vector<JobSpec> jobs;
  for (int i = 1; i <= prints.count; ++i) {
    std::string id = name + "-" + std::to_string(i);
    int lines = i % prints.every == 0 ? prints.lines : 0;
    jobs.push_back(job_of(id, printing(id, lines, prints.more)));
  }
  return jobs;
}

// A supervisor that does not come to read for kPatience leaves lines that are nobody's, as
// documented: on a crowded machine that is no fault. last: what was printed last since `begun`.
bool read_late(const Daemon& daemon, MonoTime begun, const std::string& last) {
  bool may_be = now_mono() - begun > OutputWatch::kPatience;
  REQUIRE(until_logged(daemon, last));
  std::istringstream lines(daemon.log());
  std::string name = last.substr(0, last.find('-'));
  for (std::string line; may_be && std::getline(lines, line);) {
    if (line.find("job=- ") != std::string::npos && line.find(name + "-") != std::string::npos) {
      return true;
    }
  }
  return false;
}

// Each job has its own lines; if the supervisor was too late, once more with other ids.
// meanwhile: called while they run.
void expect_own_lines(
    const Daemon& daemon, const std::string& name, const Prints& prints,
    const std::function<void(const std::string& first)>& meanwhile = [](const auto&) {}) {
  bool late = true;
  for (int round = 0; round < 3 && late; ++round) {
    auto jobs = jobs_of(name + std::to_string(round), prints);
    MonoTime begun = now_mono();
    submit_all(daemon, jobs);
    meanwhile(jobs.front().id);
    for (const auto& job : jobs) {
      REQUIRE(ended_as(daemon, job.id) == "done");
    }
    late = read_late(daemon, begun, jobs.back().id + " " + std::to_string(prints.lines));
    for (size_t i = 0; i < jobs.size() && !late; ++i) {
      INFO(jobs[i].id);
      bool prints_any = (i + 1) % static_cast<size_t>(prints.every) == 0;
      CHECK(log_of(daemon, jobs[i].id) == numbered(jobs[i].id, prints_any ? prints.lines : 0));
    }
  }
  CHECK_FALSE(late);
}

}  // namespace

TEST_CASE("printed: of many short jobs one after the other each has its own lines") {
  Daemon daemon;
  expect_own_lines(daemon, "one", {.count = scaled(60)});
  expect_own_lines(daemon, "ten", {.count = scaled(30), .lines = 10});
  expect_own_lines(daemon, "err", {.count = scaled(20), .lines = 5, .more = R"("stream":2)"});
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("printed: beside jobs that print nothing, and none of these has a line") {
  Daemon daemon;
  expect_own_lines(daemon, "third", {.count = scaled(90), .lines = 2, .every = 3});
}

TEST_CASE("printed: a thousand lines at once, up to the limit of lines") {
  Daemon daemon;
  bool late = true;
  for (int round = 0; round < 3 && late; ++round) {
    std::string id = "much" + std::to_string(round) + "-1";
    MonoTime begun = now_mono();
    submit_all(daemon, {job_of(id, printing(id, 1000))});
    REQUIRE(ended_as(daemon, id) == "done");
    late = read_late(daemon, begun, id + " 950");
    auto lines = log_of(daemon, id);
    CHECK((late || lines.size() > 950));  // what the worker itself logs is within the limit too
    auto all = numbered(id, 1000);
    all.resize(lines.size());
    CHECK((late || lines == all));
  }
  CHECK_FALSE(late);
}

TEST_CASE("printed: a last line without its newline is its job's, written or by stdio") {
  Daemon daemon;
  expect_own_lines(daemon, "written", {.count = scaled(20), .lines = 2, .more = R"("end":false)"});
  expect_own_lines(daemon, "buffered",
                   {.count = scaled(20), .lines = 2, .more = R"("end":false,"how":"printf")"});
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
    auto again = std::mismatch(logged.begin(), logged.end(), all.begin(), all.end()).first;
    auto size = logged.end() - again;
    REQUIRE(size <= static_cast<std::ptrdiff_t>(all.size()));
    CHECK(std::vector(again, logged.end()) == std::vector(all.end() - size, all.end()));
  }
}

TEST_CASE("printed: it is in the log while the task runs") {
  Daemon daemon;
  push(daemon, "slow", "print", printing("slow", 2, R"("until":")" + (daemon / "enough") + "\""));
  CHECK(eventually(kSoon, [&] { return log_of(daemon, "slow").size() == 2; }));
  CHECK(outcome(daemon, "slow").empty());
  write_file(daemon / "enough", "");
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
  expect_own_lines(daemon, "before", {});
  daemon.signal(SIGSTOP);
  MonoTime stopped = now_mono();
  auto during = jobs_of("during", {.count = 30});  // twice as many as the seconds they have
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
  submit_all(daemon, jobs_of("meanwhile", {}));
  REQUIRE(ended_as(daemon, "meanwhile-1") == "done");
  expect_own_lines(daemon, "after", {.count = scaled(20), .lines = 3});
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
  int rolled = 0;
  expect_own_lines(daemon, "rolled", {.count = scaled(80), .lines = 2, .more = R"("before_ms":10)"},
                   [&](const std::string& first) {
                     REQUIRE(ended_as(daemon, first) == "done");
                     daemon.signal(SIGHUP);
                     ++rolled;
                     REQUIRE(eventually(kSoon, [&] {
                       return count_of(daemon.log(), "all workers are new") == rolled;
                     }));
                   });
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
