// What systemd is told: ready when it is, what goes on, and that it takes longer where it may.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

bool until_told(Daemon& daemon, const std::string& text) {
  return eventually(kLong, [&] { return daemon.told().find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("systemd: a start that waits for Redis asks for more time, and is ready with a worker") {
  RedisServer redis;
  redis.kill9();
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  REQUIRE(until_told(daemon, "STATUS=waiting for Redis\n"));
  REQUIRE(until_told(daemon, "EXTEND_TIMEOUT_USEC="));
  CHECK(daemon.told().find("READY=1") == std::string::npos);
  redis.restart();
  REQUIRE(daemon.until_ready());
  CHECK(daemon.worker_pids().size() == 1);
  CHECK(until_told(daemon, "STATUS=1 of 1 workers ready, jobs: 0 running, 0 ended\n"));
  daemon.stop();
}

TEST_CASE("systemd: a start that has lost Redis again asks for more time until it is back") {
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.plugins = {test_plugins_dir() + "/opened/opened.so"};
  TempDir dir;
  write_file(dir / "gate", "");
  options.toml = "[plugins.opened.config]\nhang = \"" + (dir / "gate") + "\"\n";
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  REQUIRE(until_told(daemon, "STATUS=0 of 1 workers ready"));
  auto asked = [&] { return count_of(daemon.told(), "EXTEND_TIMEOUT_USEC="); };
  redis.kill9();
  int before = asked();
  CHECK(eventually(kLong, [&] { return asked() >= before + 2; }));
  CHECK(daemon.told().find("READY=1") == std::string::npos);
}

TEST_CASE("systemd: a stop that lets a job finish asks for more time, and says so") {
  DaemonOptions options;
  options.workers = "shutdown_timeout = \"0s\"\n";
  Daemon daemon(options);
  push(daemon, "running", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":10000)"));
  REQUIRE(until_started(daemon / "started"));
  CHECK(daemon.told().find("EXTEND_TIMEOUT_USEC=", daemon.told().find("READY=1")) ==
        std::string::npos);
  daemon.signal(SIGTERM);
  REQUIRE(until_told(daemon, "STOPPING=1"));
  CHECK(until_told(daemon, "STATUS=stopping, jobs: 1 running\n"));
  CHECK(eventually(kSoon, [&] {
    return daemon.told().find("EXTEND_TIMEOUT_USEC=", daemon.told().find("STOPPING=1")) !=
           std::string::npos;
  }));
  CHECK(daemon.wait(kLong) == 0);
}

TEST_CASE("systemd: the watchdog is fed while the loop turns, and not while it stands still") {
  DaemonOptions options;
  options.env = {{"WATCHDOG_USEC", "400000"}};  // fed twice in that time
  Daemon daemon(options);
  auto fed = [&daemon] { return count_of(daemon.told(), "WATCHDOG=1\n"); };
  REQUIRE(eventually(kLong, [&] { return fed() >= 3; }));
  daemon.signal(SIGSTOP);
  REQUIRE(eventually(kLong, [&] {
    std::string stat = read_file("/proc/" + std::to_string(daemon.pid()) + "/stat");
    return stat.find(") T ") != std::string::npos;
  }));
  int before = fed();
  CHECK_FALSE(eventually(milliseconds{1'000}, [&] { return fed() > before; }));
  daemon.signal(SIGCONT);
  CHECK(eventually(kLong, [&] { return fed() > before; }));
  daemon.stop();
}
