// Plugins that a worker opens, and those that it refuses, at a start and in `stint-worker --check`.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/integration/worker/queue_of_jobs.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/worker_process.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;
using control::FrameType;

namespace {

const std::string kWorker = bin_dir() + "/stint-worker";
const std::string kTestPlugins = test_plugins_dir();

std::string refusal_of(const std::vector<std::string>& paths) {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.plugin_paths = paths;
  WorkerProcess worker(boot);
  CHECK(worker.wait_exit() == 78);
  return worker.failure();
}

Finished check(const std::string& path) {
  return run({kWorker, "--check", path});
}

}  // namespace

TEST_CASE("worker: a plugin that cannot serve is refused with one line and 78") {
  auto bad = [](const std::string& name) { return kTestPlugins + "/bad/" + name + ".so"; };
  CHECK_THAT(refusal_of({bad("wrong_abi")}), Contains("wrong_abi.so") && Contains("version"));
  CHECK_THAT(refusal_of({bad("no_symbol")}), Contains("exports no stint_plugin_entry"));
  CHECK_THAT(refusal_of({bad("null_entry")}), Contains("returned null"));
  CHECK_THAT(refusal_of({bad("unresolved")}), Contains("undefined symbol"));
  CHECK_THAT(refusal_of({bad("bad_task_id")}), Contains("task"));
  CHECK_THAT(refusal_of({bad("open_fails")}), Contains("no graphics card in this machine"));
  CHECK_THAT(refusal_of({bad("duplicate"), tasks_dir()}), Contains("two plugins"));
  CHECK_THAT(refusal_of({"/no/such/plugins"}), Contains("/no/such/plugins"));
}

TEST_CASE(
    "worker: open gets configuration, index, slots and host, and close comes after the last job") {
  QueueOfJobs queue;
  TempDir dir;
  Boot boot = boot_for(queue.server.url());
  boot.config.plugin_paths = {kTestPlugins + "/opened"};
  boot.config.plugin_config["opened"] = R"({"trace":")" + (dir / "trace") + "\"}";
  boot.index = 3;
  boot.config.slots = 2;
  WorkerProcess worker(boot);
  queue.submit({job("job", "open_info")});
  CHECK(queue.reaches("job", "done"));
  CHECK_THAT(queue.outcome("job"), Contains(R"("host_name":"host")"));
  CHECK_THAT(queue.outcome("job"), Contains(R"("slots":2)"));
  CHECK_THAT(queue.outcome("job"), Contains(R"("worker_index":3)"));
  worker.send(FrameType::kDrain);
  CHECK(worker.wait_exit() == 0);
  std::string pid = std::to_string(worker.pid());
  CHECK(read_file(dir / "trace") == "open 3 " + pid + "\nclose 3 " + pid + "\n");
}

TEST_CASE(
    "worker: of many thousands of tasks each is known to the queue, and a refusal is said once") {
  QueueOfJobs queue;
  Boot boot = boot_for(queue.server.url());
  boot.config.plugin_paths = {kTestPlugins + "/many"};
  WorkerProcess worker(boot);
  REQUIRE(worker.wait_ready());
  CHECK(queue.server.command({"HLEN", queue.keys("tasks")}) == "5000");
  CHECK(queue.server.command({"HGET", queue.keys.worker(boot.worker), "state"}) == "running");
  CHECK_THAT(worker.err(), !Contains("refuses to hear"));
  queue.server.command({"SET", queue.keys("workers"), "no set"});
  worker.send(FrameType::kPause);
  worker.send(FrameType::kContinue);
  CHECK(eventually(kSoon, [&] { return Contains("refuses to hear").match(worker.err()); }));
  worker.send(FrameType::kPause);
  CHECK(eventually(kSoon,
                   [&] { return Contains("hears of this worker again").match(worker.err()); }));
  CHECK(worker.err().find("refuses to hear") == worker.err().rfind("refuses to hear"));
}

TEST_CASE(
    "worker: configuration for a plugin that is not there, and no plugin at all, are warned of") {
  QueueOfJobs queue;
  TempDir empty;
  Boot boot = boot_for(queue.server.url());
  boot.config.plugin_paths = {kTestPlugins + "/opened"};
  boot.config.plugin_config = {{"opened", "{}"}, {"openned", "{}"}};
  WorkerProcess worker(boot);
  REQUIRE(worker.wait_ready());
  CHECK_THAT(worker.err(), Contains("plugins.openned.config"));
  CHECK_THAT(worker.err(), Contains("loaded=opened") || Contains("loaded=\"opened\""));
  CHECK_THAT(worker.err(), !Contains("plugins.opened.config") && !Contains("no plugin was found"));
  boot.worker = "host-1-test.2";
  boot.config.plugin_paths = {empty.path()};
  boot.config.plugin_config.clear();
  WorkerProcess idle(boot);
  REQUIRE(idle.wait_ready());
  CHECK_THAT(idle.err(), Contains("no plugin was found"));
  boot.worker = "host-1-test.3";
  boot.index = 1;
  WorkerProcess second(boot);
  REQUIRE(second.wait_ready());
  CHECK_THAT(second.err(), !Contains("no plugin was found"));
}

TEST_CASE("worker: a Redis with another format is refused with 78") {
  QueueOfJobs queue;
  queue.server.command({"HSET", "stint:meta", "format", "99"});
  WorkerProcess worker(boot_for(queue.server.url()));
  CHECK(worker.wait_exit() == 78);
  CHECK_THAT(worker.failure(), Contains("format 99"));
}

TEST_CASE("worker: announces itself, what it is and which tasks it has") {
  QueueOfJobs queue;
  WorkerProcess worker(boot_for(queue.server.url()));
  std::string key = queue.keys.worker("host-1-test.1");
  REQUIRE(eventually(kSoon, [&] {
    return queue.server.command({"HGET", key, "state"}) == "running";
  }));
  CHECK(queue.server.command({"HGET", key, "pid"}) == std::to_string(worker.pid()));
  CHECK(queue.server.command({"HGET", key, "queues"}) == "default");
  CHECK_THAT(queue.server.command({"HGET", key, "tasks"}), Contains("checksum"));
  CHECK(queue.server.command({"HEXISTS", queue.keys("tasks"), "echo"}) == "1");
  CHECK(queue.server.command({"SISMEMBER", "stint:queues", "default"}) == "1");
  CHECK(queue.server.command({"HGET", "stint:meta", "format"}) == "1");
}

TEST_CASE("worker: a plugin's own copy of a library is the one that it calls") {
  Finished ended = check(kTestPlugins + "/own_symbols/own_symbols.so");
  CHECK(ended.code == 0);
  CHECK(ended.err == "");
}

TEST_CASE("plugin check: says in JSON what is in a plugin, without opening it") {
  Finished ended = check(kTestPlugins + "/opened");
  CHECK(ended.code == 0);
  CHECK(ended.out == R"({"path":")" + kTestPlugins +
                         R"(/opened/opened.so","name":"opened","version":"1.0","abi":"1.0",)"
                         R"("tasks":[{"id":"open_info","limits":{}}]})"
                         "\n");
  CHECK(check(kTestPlugins + "/bad/open_fails.so").code == 0);
}

TEST_CASE("plugin check: refuses what a start would refuse, with 78") {
  TempDir dir;
  Finished wrong = check(kTestPlugins + "/bad/wrong_abi.so");
  CHECK(wrong.code == 78);
  CHECK(wrong.out == "");
  CHECK_THAT(wrong.err, Contains("wrong_abi.so"));
  std::filesystem::copy_file(tasks_dir() + "/echo.so", dir / "echo.so");
  CHECK(check(dir / "echo.so").code == 0);
  ::chmod((dir / "echo.so").c_str(), 0666);
  CHECK_THAT(check(dir / "echo.so").err, Contains("group or others"));
  write_file(dir / "text.so", "no library");
  CHECK_THAT(check(dir / "text.so").err, Contains("is no ELF file"));
}

TEST_CASE("stint-worker: called by hand it says who calls it, and exits 2") {
  Finished ended = run({kWorker});
  CHECK(ended.code == 2);
  CHECK_THAT(ended.err, Contains("stintd"));
}
