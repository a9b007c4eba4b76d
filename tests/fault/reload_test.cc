// HUP: new plugin files and configurations take effect without a job lost or cut short.
#include <signal.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/paths.h"

using namespace stint;
using test::Daemon;
using test::DaemonOptions;
using test::kLong;

namespace {

// As a package manager does it: written beside, then renamed over.
void install(const std::string& plugin, const std::string& place) {
  std::filesystem::copy_file(plugin, place + ".new",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(place + ".new", place);
}

std::string version_plugin(const std::string& version) {
  return test::test_plugins_dir() + "/versions/version_" + version + ".so";
}

}  // namespace

TEST_CASE("reload: after HUP new jobs run the new code, running ones finish on the old") {
  test::TempDir plugins;
  std::string place = plugins / "version.so";
  install(version_plugin("a"), place);
  DaemonOptions options;
  options.processes = 2;
  options.plugins = {place};
  Daemon daemon(options);
  auto before = daemon.submit({"version"});
  REQUIRE(daemon.until_state(before, "done"));
  CHECK(daemon.job(before, "/result/version") == "a");

  auto running = daemon.submit({"version", "-p", R"({"ms":10000})"});
  REQUIRE(daemon.until_state(running, "active"));
  auto old_workers = daemon.worker_pids();
  install(version_plugin("b"), place);
  daemon.signal(SIGHUP);
  REQUIRE(test::eventually(kLong, [&] {
    auto id = daemon.submit({"version"});
    return daemon.until_state(id, "done") && daemon.job(id, "/result/version") == "b";
  }));
  REQUIRE(daemon.until_state(running, "done"));
  CHECK(daemon.job(running, "/result/version") == "a");
  CHECK(daemon.job(running, "/attempt") == "1");

  REQUIRE(test::eventually(kLong, [&] {
    auto now = daemon.worker_pids();
    return now.size() == 2 && std::none_of(now.begin(), now.end(), [&](pid_t pid) {
             return std::find(old_workers.begin(), old_workers.end(), pid) != old_workers.end();
           });
  }));
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("reload: HUPs that come faster than a worker starts still end in new workers") {
  DaemonOptions options;
  options.processes = 2;
  options.plugins = {test::test_plugins_dir() + "/opened/opened.so"};
  options.toml = "[plugins.opened.config]\nslow = 300\n";
  Daemon daemon(options);
  auto old_workers = daemon.worker_pids();
  REQUIRE(test::eventually(kLong, [&] {
    daemon.signal(SIGHUP);
    return daemon.log().find("all workers are new") != std::string::npos;
  }));
  // The last of them counts, once.
  options.toml = "[plugins.opened.config]\nmark = \"new\"\n";
  daemon.configure(options);
  daemon.signal(SIGHUP);
  REQUIRE(test::eventually(kLong, [&] {
    auto id = daemon.submit({"open_info"});
    return daemon.until_state(id, "done") && daemon.job(id, "/result/config/mark") == "new";
  }));
  REQUIRE(test::eventually(kLong, [&] {
    auto now = daemon.worker_pids();
    return now.size() == 2 && std::none_of(now.begin(), now.end(), [&](pid_t pid) {
             return std::find(old_workers.begin(), old_workers.end(), pid) != old_workers.end();
           });
  }));
  daemon.stop();
  daemon.expect_clean_log({"gives way"});
}

TEST_CASE("reload: a start that hung is mended by HUP, and is a start like any other") {
  test::TempDir dir;
  std::string gate = dir / "gate";
  std::string place = dir / "opened.so";
  test::write_file(gate, "");
  install(test::test_plugins_dir() + "/opened/opened.so", place);
  DaemonOptions options;
  options.plugins = {place};
  options.start = false;
  DaemonOptions hanging = options;
  hanging.toml = "[plugins.opened.config]\nhang = \"" + gate + "\"\n";
  Daemon daemon(hanging);
  daemon.launch();
  REQUIRE(test::eventually(
      kLong, [&] { return daemon.told().find("STATUS=0 of 1 workers") != std::string::npos; }));
  auto hung = daemon.worker_pids();
  daemon.configure(options);
  daemon.signal(SIGHUP);
  REQUIRE(daemon.until_ready());
  CHECK(test::eventually(
      kLong, [&] { return daemon.log().find(" ready queues=1") != std::string::npos; }));
  // The one that hung has no jobs that it could finish.
  REQUIRE(test::eventually(kLong, [&] {
    auto now = daemon.worker_pids();
    return now.size() == 1 && now != hung;
  }));
  // A plugin that is broken later costs one worker, not the daemon.
  auto workers = daemon.worker_pids();
  test::write_file(place + ".new", "no plugin");
  std::filesystem::rename(place + ".new", place);
  kill(workers.front(), SIGKILL);
  REQUIRE(test::eventually(kLong, [&] {
    return daemon.log().find("worker cannot start; trying again") != std::string::npos;
  }));
  install(test::test_plugins_dir() + "/opened/opened.so", place);
  auto id = daemon.submit({"open_info"});
  CHECK(daemon.until_state(id, "done", kLong));
  daemon.stop();
}

TEST_CASE("reload: a new worker that hangs in a plugin's open gives way to the next HUP") {
  test::TempDir dir;
  std::string gate = dir / "gate";
  test::write_file(gate, "");
  // The second one ends its hanging, and is ready, when it is told to end.
  for (const std::string& hang : {"hang = \"" + gate + "\"", std::string("slow = 600000")}) {
    INFO(hang);
    DaemonOptions options;
    options.plugins = {test::test_plugins_dir() + "/opened/opened.so"};
    Daemon daemon(options);
    auto old_workers = daemon.worker_pids();
    DaemonOptions hanging = options;
    hanging.toml = "[plugins.opened.config]\n" + hang + "\n";
    daemon.configure(hanging);
    daemon.signal(SIGHUP);
    REQUIRE(test::eventually(kLong, [&] { return daemon.worker_pids().size() == 2; }));
    options.toml = "[plugins.opened.config]\nmark = \"new\"\n";
    daemon.configure(options);
    daemon.signal(SIGHUP);
    REQUIRE(test::eventually(kLong, [&] {
      auto id = daemon.submit({"open_info"});
      return daemon.until_state(id, "done") && daemon.job(id, "/result/config/mark") == "new";
    }));
    REQUIRE(test::eventually(kLong, [&] {
      auto now = daemon.worker_pids();
      return now.size() == 1 && now != old_workers;
    }));
    // The first and the last: one that is to be killed serves nobody, whatever it says.
    auto ready = [&] { return test::count_of(daemon.log(), "worker ready"); };
    CHECK(test::eventually(kLong, [&] { return ready() >= 2; }));
    CHECK(ready() == 2);
    daemon.stop();
    daemon.expect_clean_log({"gives way"});
  }
}
