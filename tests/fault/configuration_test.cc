#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/temp_dir.h"

using namespace stint;
using namespace stint::test;

namespace {

std::string bad_plugin(const std::string& name) {
  return test_plugins_dir() + "/bad/" + name + ".so";
}

DaemonOptions with_plugins(std::vector<std::string> plugins) {
  DaemonOptions options;
  options.plugins = std::move(plugins);
  return options;
}

void expect_refused(const std::vector<std::string>& plugins, const std::string& why) {
  DaemonOptions options = with_plugins(plugins);
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  CHECK(daemon.wait(kSoon) == 78);
  std::string log = daemon.log();
  INFO(log);
  CHECK(log.find(why) != std::string::npos);
  CHECK(std::count(log.begin(), log.end(), '\n') == 1);
}

}  // namespace

TEST_CASE("bad plugin at start: exit 78 with one line that says which and why") {
  for (const char* name : {"wrong_abi", "no_symbol", "null_entry", "unresolved", "duplicate"}) {
    expect_refused({tasks_dir(), bad_plugin(name)}, name);
  }
}

TEST_CASE("plugin at start that is no ELF file or that others may write: exit 78 with one line") {
  TempDir dir;
  write_file(dir / "text.so", "#!/bin/sh\n" + std::string(100, '#'));
  expect_refused({dir / "text.so"}, "text.so: is no ELF file");
  std::filesystem::copy(faulty_plugin(), dir / "open.so");
  chmod((dir / "open.so").c_str(), 0666);
  expect_refused({dir / "open.so"}, "open.so: may be written by group or others");
}

TEST_CASE(
    "plugin whose open fails at start: exit 78, one line says which and why, and is the last") {
  DaemonOptions options = with_plugins({bad_plugin("open_fails")});
  options.processes = 3;
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  CHECK(daemon.wait(kSoon) == 78);
  std::string log = daemon.log();
  INFO(log);
  CHECK(count_of(log, "no graphics card") == 1);
  CHECK(count_of(log, " error ") == 1);
  CHECK(count_of(log, " warning ") == 0);
  CHECK(log.find('\n', log.find(" error ")) == log.size() - 1);
}

TEST_CASE("start: a look at the plugins that is killed keeps no daemon from starting") {
  DaemonOptions options = with_plugins({test_plugins_dir() + "/killed_once/killed_once.so"});
  options.start = false;
  Daemon daemon(options);
  write_file(daemon / "once", "");
  options.env = {{"KILLED_ONCE", daemon / "once"}};
  daemon.configure(options);
  daemon.start();
  CHECK(until_logged(daemon, "starting without a look at the plugins"));
  CHECK_FALSE(std::filesystem::exists(daemon / "once"));
  push(daemon, "a", "nothing");
  CHECK(ended_as(daemon, "a") == "done");
  daemon.stop();
}

TEST_CASE("start: a submit that comes before Redis is up waits for it") {
  DaemonOptions options;
  options.start = false;
  Daemon daemon(options);
  // It waits two seconds, and a crowded machine may need more for a start.
  Finished submitted;
  for (int i = 0; i < 3 && (i == 0 || submitted.code != 0); ++i) {
    daemon.launch();
    submitted = daemon.stint({"submit", "info", "--id", "first-" + std::to_string(i)});
    REQUIRE(daemon.until_ready());
    if (submitted.code == 0) {
      CHECK(daemon.until_state("first-" + std::to_string(i), "done"));
    }
    daemon.stop();
  }
  INFO(submitted.err);
  CHECK(submitted.code == 0);
}

TEST_CASE("reload with a broken configuration changes nothing and says so") {
  Daemon daemon;
  auto workers = daemon.worker_pids();
  std::string good = read_file(daemon.config_file());
  write_file(daemon.config_file(), good + "\n[workerz]\nslots = 1\n");
  daemon.signal(SIGHUP);
  REQUIRE(until_logged(daemon, "nothing is changed"));
  CHECK(daemon.log().find("workerz") != std::string::npos);
  CHECK(daemon.worker_pids() == workers);
  push(daemon, "a", "fail_times", R"({"path":")" + (daemon / "n") + R"(","times":0})");
  CHECK(ended_as(daemon, "a") == "done");
  daemon.stop();
}

TEST_CASE("reload: the level of the log is read again") {
  DaemonOptions options;
  options.log_level = "";
  options.toml = "";
  options.start = false;
  Daemon daemon(options);
  std::string file = read_file(daemon.config_file());
  write_file(daemon.config_file(), "log_level = \"error\"\n" + file);
  daemon.start();
  CHECK(daemon.log().empty());
  write_file(daemon.config_file(), "log_level = \"info\"\n" + file);
  daemon.signal(SIGHUP);
  CHECK(until_logged(daemon, "all workers are new"));
  daemon.stop();
}

TEST_CASE("reload with a plugin that is refused keeps the old workers") {
  Daemon daemon;
  auto workers = daemon.worker_pids();
  daemon.configure(with_plugins({faulty_plugin(), bad_plugin("wrong_abi")}));
  daemon.signal(SIGHUP);
  REQUIRE(until_logged(daemon, "the old ones stay"));
  CHECK(daemon.log().find("wrong_abi") != std::string::npos);
  CHECK(until_workers(daemon, 1));
  CHECK(daemon.worker_pids() == workers);
  push(daemon, "a", "fail_times", R"({"path":")" + (daemon / "n") + R"(","times":0})");
  CHECK(ended_as(daemon, "a") == "done");
  daemon.stop();
}

TEST_CASE("reload: new workers run new jobs while the old one finishes its own") {
  Daemon daemon;
  push(daemon, "old", "wait",
       announced(daemon / "started", R"("seconds":3600,"on_stop":"succeed")"));
  REQUIRE(until_started(daemon / "started"));
  auto before = daemon.worker_pids();
  DaemonOptions options;
  options.processes = 2;
  daemon.configure(options);
  daemon.signal(SIGHUP);
  REQUIRE(until_logged(daemon, "all workers are new"));
  push(daemon, "new", "fail_times", R"({"path":")" + (daemon / "n") + R"(","times":0})");
  CHECK(ended_as(daemon, "new") == "done");
  CHECK(outcome(daemon, "old").empty());
  CHECK(daemon.stint({"job", "cancel", "old"}).code == 0);
  CHECK(ended_as(daemon, "old") == "done");
  CHECK(json_at(outcome(daemon, "old"), "/attempt") == "1");
  REQUIRE(until_workers(daemon, 2));
  auto after = daemon.worker_pids();
  CHECK(std::find(after.begin(), after.end(), before.at(0)) == after.end());
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("state directory of a running daemon: exit 1 and its pid is named") {
  Daemon daemon;
  auto second = run({bin_dir() + "/stintd", "--config", daemon.config_file()});
  CHECK(second.code == 1);
  CHECK(second.err.find("pid " + std::to_string(daemon.pid())) != std::string::npos);
  daemon.stop();
}
