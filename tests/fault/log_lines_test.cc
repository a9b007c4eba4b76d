// A job's log lines are there when it has ended, also where Redis knew none of our scripts when
// they were sent; and what the daemon logs can be read by programs.
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("log lines: a Redis that has forgotten the scripts drops none") {
  Daemon daemon;
  daemon.redis({"SCRIPT", "FLUSH"});
  // The first job brings finish back and not log: with EVALSHA the second one's lines would come
  // behind its end.
  auto silent = daemon.submit({"params_echo"});
  REQUIRE(daemon.until_state(silent, "done"));
  auto id = daemon.submit({"log", "-p", R"({"text":"kept"})"});
  REQUIRE(daemon.until_state(id, "done"));
  CHECK(daemon.stint({"job", "logs", id}).out.find("kept 1") != std::string::npos);
}

TEST_CASE("log lines: as JSON each is an object, of daemon, worker and task") {
  DaemonOptions options;
  options.start = false;
  Daemon daemon(options);
  std::string file = read_file(daemon.config_file());
  write_file(daemon.config_file(), "log_format = \"json\"\n" + file);
  daemon.start();
  // Escape sequences, NULs and bytes that are not UTF-8 on stdout; and a line that the worker logs.
  push(daemon, "noisy", "noisy", R"({"bytes":3000,"ms":100})");
  push(daemon, "twice", "complete_twice");
  REQUIRE(ended_as(daemon, "noisy") == "done");
  REQUIRE(ended_as(daemon, "twice") == "done");
  REQUIRE(until_logged(daemon, "[31mred"));
  REQUIRE(until_logged(daemon, "task completed twice"));
  std::istringstream lines(daemon.log());
  std::string output, worker;
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK_FALSE(json_at(line, "/time").empty());
    CHECK_FALSE(json_at(line, "/level").empty());
    CHECK(json_at(line, "/program") == "stintd");
    CHECK_FALSE(json_at(line, "/text").empty());
    output = json_at(line, "/text") == "output" ? line : output;
    worker = json_at(line, "/job") == "twice" ? line : worker;
  }
  CHECK(json_at(output, "/from") == "stdout");
  CHECK(json_at(output, "/line").find("\x1b[31mred") == 0);
  CHECK_FALSE(json_at(worker, "/worker").empty());

  write_file(daemon.config_file(), file);
  daemon.signal(SIGHUP);
  CHECK(until_logged(daemon, " stintd: all workers are new"));
  daemon.stop();
}
