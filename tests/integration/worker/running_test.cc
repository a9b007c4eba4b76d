// The real stint-worker against a private Redis, with the test as its supervisor: what becomes of
// jobs that run.
#include <algorithm>

#include <catch2/catch.hpp>

#include "common/queue/upkeep.h"
#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/support/best_of.h"
#include "tests/support/daemon.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;
using control::FrameType;

namespace {

std::string all_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += line + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("worker: claims, runs and finishes a thousand jobs, and holds nothing afterwards") {
  QueueOfJobs queue;
  std::vector<JobSpec> jobs;
  for (int i = 0; i < 1000; ++i) {
    jobs.push_back(job("job-" + std::to_string(i), "echo", "{\"n\":" + std::to_string(i) + "}"));
  }
  queue.submit(jobs);
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 1000; }));
  CHECK(queue.totals().done == 1000);
  CHECK(queue.totals().attempts == 1000);
  CHECK_THAT(queue.outcome("job-999"), Contains(R"("result":{"n":999})"));
  CHECK(eventually(kSoon, [&] { return worker.recorder().held().empty(); }));
  CHECK(worker.recorder().table().jobs_ended.load() == 1000);
  worker.send(FrameType::kDrain);
  CHECK(worker.wait_exit() == 0);
  CHECK(worker.err() == "");
}

TEST_CASE("worker: an idle worker is woken by a job") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  int number = 0;
  auto done = [&] {
    // It waits in BLMOVE: blocked clients show it.
    REQUIRE(eventually(kSoon, [&] {
      return queue.server.command({"INFO", "clients"}).find("blocked_clients:1") !=
             std::string::npos;
    }));
    std::string id = "job-" + std::to_string(++number);
    return time_of([&] {
      queue.submit({job(id, "echo")});
      CHECK(queue.reaches(id, "done"));
    });
  };
  CHECK(best_of(5, milliseconds(1'000), done) < milliseconds(1'000));
}

TEST_CASE("worker: a task that completes twice is counted once, and that is said") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("sync", "complete_twice"), job("later", "later", R"({"ms":20,"twice":true})")});
  CHECK(queue.reaches("sync", "done"));
  CHECK(queue.reaches("later", "done"));
  CHECK_THAT(queue.outcome("sync"), Contains(R"("result":{"completion": 1})"));
  CHECK_THAT(queue.outcome("later"), Contains(R"("result":{"later": true})"));
  CHECK(queue.totals().succeeded == 2);
  CHECK(queue.totals().attempts == 2);
  CHECK(eventually(kSoon, [&] {
    std::string err = worker.err();
    return err.find("task completed twice") != err.rfind("task completed twice");
  }));
  CHECK_THAT(all_of(queue.log("sync")), Contains("task completed twice; the first counts"));
}

TEST_CASE("worker: a task may complete from another thread, well or badly") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("well", "later"), job("badly", "later", R"({"fail":"no luck"})")});
  CHECK(queue.reaches("well", "done"));
  CHECK(queue.reaches("badly", "failed"));
  CHECK_THAT(queue.outcome("badly"), Contains("no luck"));
}

TEST_CASE("worker: parameters come to the task byte for byte, also large ones") {
  QueueOfJobs queue;
  std::vector<std::string> texts{"null", "[]", R"({"a":[],"n":9223372036854775807,"f":1.0e2})",
                                 "\"" + std::string(5'000, 'x') + "\"",
                                 "[\"\xc3\xa9\", " + std::string(300'000, ' ') + "1]"};
  std::vector<JobSpec> jobs;
  for (size_t i = 0; i < 40; ++i) {
    jobs.push_back(job("job-" + std::to_string(i), "params_echo", texts[i % texts.size()]));
  }
  queue.submit(jobs);
  WorkerProcess worker(boot_for(queue.server.url()));
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 40; }));
  for (size_t i = 0; i < texts.size(); ++i) {
    CHECK_THAT(queue.outcome("job-" + std::to_string(i)), Contains("\"result\":" + texts[i] + ","));
  }
}

TEST_CASE("worker: log lines and progress reach Redis with the end of the job") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit(
      {job("log", "log", R"({"lines":3})"), job("progress", "progress", R"({"steps":3})")});
  CHECK(queue.reaches("log", "done"));
  CHECK(queue.reaches("progress", "done"));
  auto lines = queue.log("log");
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], Catch::Matchers::EndsWith(" 1 line 1"));
  CHECK_THAT(queue.server.command({"HGET", queue.keys("logs"), "progress"}),
             Contains(R"({"step":3})"));
}

TEST_CASE("worker: a task that was released finds its progress as checkpoint") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("job", "checkpoint", R"({"how":"release"})")});
  CHECK(queue.reaches("job", "done"));
  CHECK_THAT(queue.outcome("job"), Contains(R"("result":{"at": 7})"));
  CHECK(queue.totals().attempts == 1);
}

TEST_CASE("worker: results that are no JSON are refused, and an attempt can fail for good") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  JobSpec final = job("final", "fail", R"({"message":"hopeless","final":true})");
  final.limits.retries = 5;
  queue.submit({job("bad", "bad_result"), final});
  CHECK(queue.reaches("bad", "failed"));
  CHECK(queue.reaches("final", "failed"));
  CHECK_THAT(queue.outcome("final"), Contains(R"("attempt":1)"));
  REQUIRE(queue.log("bad").size() == 1);
  CHECK_THAT(queue.log("bad")[0], Contains("the task's result was refused: not JSON: "));
}

TEST_CASE("worker: an unknown task fails at once and names the nearest one") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("job", "chekcsum")});
  CHECK(queue.reaches("job", "failed"));
  CHECK_THAT(queue.outcome("job"), Contains("unknown-task"));
  CHECK_THAT(queue.outcome("job"), Contains("checksum"));
  // No attempt was made: neither the outcome nor its error says that there was one.
  CHECK(json_at(queue.outcome("job"), "/attempt") == "0");
  CHECK(json_at(queue.outcome("job"), "/errors/0/attempt") == "0");
}

TEST_CASE("worker: a task that another worker has is left to it") {
  QueueOfJobs queue;
  auto now_s = queue.server.command({"TIME"});
  queue.server.command(
      {"HSET", queue.keys("tasks"), "elsewhere", now_s.substr(0, now_s.find(' ')) + "000"});
  WorkerProcess worker(boot_for(queue.server.url()));
  queue.submit({job("job", "elsewhere")});
  CHECK(queue.reaches("job", "scheduled"));
  CHECK(queue.totals().attempts == 0);
}

TEST_CASE("worker: where the table of tasks was lost another worker's task is left to it") {
  QueueOfJobs queue;
  auto client = queue.server.client();
  const std::vector<std::pair<std::string, std::string>> fields{{"tasks", "elsewhere"}};
  const std::vector<std::string> tasks{"elsewhere"};
  REQUIRE(client.run(announce(queue.keys, "other", milliseconds{60'000}, fields, tasks)).ok());
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  queue.server.command({"DEL", queue.keys("tasks")});
  queue.submit({job("first", "elsewhere")});
  CHECK(queue.reaches("first", "scheduled"));
  worker.send(FrameType::kPause);  // it announces itself at once
  worker.send(FrameType::kContinue);
  CHECK(eventually(kSoon, [&] {
    return queue.server.command({"HEXISTS", queue.keys("tasks"), "elsewhere"}) == "1";
  }));
  queue.submit({job("second", "elsewhere"), job("third", "no such task")});
  CHECK(queue.reaches("second", "scheduled"));
  CHECK(queue.reaches("third", "failed"));
}

TEST_CASE("worker: a corrupt record fails and harms nothing else") {
  QueueOfJobs queue;
  queue.submit({job("bad", "echo"), job("good", "echo")});
  queue.server.command({"HSET", queue.keys("jobs"), "bad", "\ninfo 1 nonce garbage"});
  WorkerProcess worker(boot_for(queue.server.url()));
  CHECK(queue.reaches("bad", "failed"));
  CHECK(queue.reaches("good", "done"));
  CHECK_THAT(queue.outcome("bad"), Contains("corrupt"));
  CHECK(json_at(queue.outcome("bad"), "/attempt") == "0");
  CHECK(json_at(queue.outcome("bad"), "/errors/0/attempt") == "0");
}

TEST_CASE("worker: slots run at once, queues are served by weight and none starves") {
  QueueOfJobs queue;
  Keys other("stint", "other");
  std::vector<JobSpec> jobs;
  for (int i = 0; i < 4; ++i) {
    jobs.push_back(job("job-" + std::to_string(i), "sleep", R"({"seconds":10})"));
  }
  queue.submit(jobs);
  Boot boot = boot_for(queue.server.url());
  boot.config.slots = 4;
  boot.queues.push_back("other");
  boot.config.queues.push_back(QueueConfig{});
  boot.config.queues.back().name = "other";
  boot.config.queues.back().weight = 3;
  WorkerProcess worker(boot);
  REQUIRE(worker.wait_ready());
  const auto& running = worker.recorder().table().running;
  CHECK(eventually(kSoon, [&] {
    return std::all_of(running.begin(), running.begin() + 4,
                       [](const auto& entry) { return entry.load() >= 0; });
  }));
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 4; }));
  auto client = queue.server.client();
  std::vector<JobSpec> more{job("over there", "echo")};
  REQUIRE(client.run(submit(other, new_nonce(), false, more)).ok());
  CHECK(eventually(kSoon, [&] {
    return queue.server.command({"ZSCORE", other("done"), "over there"}) != "";
  }));
}

TEST_CASE("worker: what waits behind a long job is given back, and another worker runs it") {
  QueueOfJobs queue;
  TempDir dir;
  std::vector<JobSpec> jobs;
  for (int i = 0; i < 300; ++i) {
    jobs.push_back(job("short-" + std::to_string(i), "echo"));
  }
  jobs.push_back(job("long", "hang", R"({"seconds":300,"started":")" + (dir / "started") + "\"}"));
  for (int i = 0; i < 50; ++i) {
    jobs.push_back(job("behind-" + std::to_string(i), "echo"));
  }
  queue.submit(jobs);
  WorkerProcess worker(boot_for(queue.server.url(), "host-1-test.1"));
  REQUIRE(eventually(kSoon, [&] { return !read_file(dir / "started").empty(); }));
  CHECK(eventually(kSoon, [&] { return queue.totals().pending == 50; }));
  WorkerProcess other(boot_for(queue.server.url(), "host-1-test.2"));
  CHECK(eventually(kSoon, [&] { return queue.totals().succeeded == 350; }));
  CHECK(queue.place("long") == "active");
}

TEST_CASE("worker: a paused queue is looked at every two seconds, and goes on when it is resumed") {
  QueueOfJobs queue;
  queue.server.command({"SET", queue.keys("paused"), "1"});
  queue.submit({job("job", "echo")});
  WorkerProcess worker(boot_for(queue.server.url()));
  REQUIRE(worker.wait_ready());
  auto calls = [&](const std::string& command) {
    std::string stats = queue.server.command({"INFO", "commandstats"});
    size_t at = stats.find("cmdstat_" + command + ":calls=");
    return at == std::string::npos ? 0 : std::atoi(stats.c_str() + stats.find('=', at) + 1);
  };
  auto claims = [&] { return calls("evalsha") + calls("eval"); };
  // The worker's own looks: scripts ask EXISTS too.
  REQUIRE(eventually(kSoon, [&] { return calls("exists") >= 1; }));
  int before = claims();
  int looks = calls("exists");
  REQUIRE(eventually(kSoon, [&] { return calls("exists") >= looks + 1; }));
  CHECK(claims() - before <= 2);  // an announcement may fall into these seconds
  CHECK(calls("blmove") == 0);
  CHECK(queue.place("job") == "pending");
  queue.server.command({"DEL", queue.keys("paused")});
  CHECK(queue.reaches("job", "done"));
}
