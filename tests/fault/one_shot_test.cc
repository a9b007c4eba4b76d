#include <catch2/catch.hpp>

#include "common/queue/submit.h"
#include "tests/fault/steps.h"
#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

// Three failed jobs in a daemon's queue.
void fail_three(const Daemon& daemon) {
  for (const char* id : {"a", "b", "c"}) {
    push(daemon, id, "fail_times", R"({"path":")" + (daemon / id) + R"(","times":1})");
    REQUIRE(ended_as(daemon, id) == "failed");
  }
}

}  // namespace

TEST_CASE("stintd --retry-failed: every failed job runs again, and how many is said") {
  Daemon daemon;
  fail_three(daemon);
  auto once = stintd({"--config", daemon.config_file(), "--retry-failed"});
  CHECK(once.code == 0);
  CHECK(once.out == "retried 3 jobs of queue default\n");
  CHECK(eventually(kSoon, [&] { return daemon.redis({"ZCARD", key("done")}) == "3"; }));
  daemon.stop();
}

TEST_CASE("stintd --retry-failed: what fails again meanwhile is not retried again") {
  Daemon daemon;
  constexpr int kJobs =
      350;  // of the first hundred many have failed again when it asks for the next
  for (int i = 0; i < kJobs; ++i) {
    push(daemon, "j" + std::to_string(i), "fail", "{}");
  }
  REQUIRE(eventually(kLong, [&] {
    return daemon.redis({"ZCARD", key("failed")}) == std::to_string(kJobs);
  }));
  CHECK(stintd({"--config", daemon.config_file(), "--retry-failed"}).out ==
        "retried " + std::to_string(kJobs) + " jobs of queue default\n");
  daemon.stop();
}

TEST_CASE("stintd --retry-failed: a Redis that is not there ends it with 7 and what to try") {
  TempDir dir;
  auto elsewhere = stintd({"--retry-failed", "--redis", "redis://127.0.0.1:1"});
  CHECK(elsewhere.code == 7);
  CHECK(elsewhere.err.find("check that this Redis runs") != std::string::npos);
  auto own = stintd({"--retry-failed", "--redis", "unix://" + (dir / "none.sock")});
  CHECK(own.code == 7);
  CHECK(own.err.find("cannot reach Redis at unix://" + (dir / "none.sock")) != std::string::npos);
}

TEST_CASE("stintd --delete-failed: they are gone, and do not come back") {
  Daemon daemon;
  fail_three(daemon);
  auto once = stintd({"--config", daemon.config_file(), "--delete-failed", "--json"});
  CHECK(once.code == 0);
  CHECK(once.out == "{\"queue\":\"default\",\"deleted\":3,\"jobs\":[\"a\",\"b\",\"c\"]}\n");
  CHECK(daemon.redis({"HLEN", key("jobs")}) == "0");
  CHECK(stintd({"--config", daemon.config_file(), "--retry-failed"}).out ==
        "retried 0 jobs of queue default\n");
  daemon.stop();
}

TEST_CASE(
    "stintd --flush-stale: what is not renewed for its lease is settled, the living are left "
    "alone") {
  DaemonOptions options;
  options.toml = "[sweep]\ninterval = \"1h\"\n[tasks.hang]\nlease = \"6s\"\n";
  Daemon daemon(options);
  push(daemon, "alive", "hang", announced(daemon / "started"));
  REQUIRE(until_started(daemon / "started"));
  daemon.redis({"HSET", key("jobs"), "dead", "\nt 1 nonce\nnull"});
  daemon.redis({"HSET", key("active"), "dead", "1763661387123456 gone-1-x.1 1 1000 0 3 1000 "});
  auto once = stintd({"--config", daemon.config_file(), "--flush-stale", "--json"});
  CHECK(once.code == 0);
  CHECK(once.out == "{\"queue\":\"default\",\"flushed\":1,\"jobs\":[\"dead\"]}\n");
  CHECK(daemon.redis({"HEXISTS", key("active"), "alive"}) == "1");
  CHECK(json_at(outcome(daemon, "dead"), "/errors/0/kind") == "lost");
  daemon.signal(SIGTERM);
  // Two at once would be one.
  REQUIRE(eventually(kSoon, [&] { return daemon.log().find("stopping") != std::string::npos; }));
  daemon.signal(SIGTERM);
  CHECK(daemon.wait(kSoon) == 0);
}

TEST_CASE("one-shot options: no Redis is exit 7, and none is started") {
  TempDir dir;
  auto once = stintd({"--state-dir", dir / "s", "--retry-failed"});
  CHECK(once.code == 7);
  CHECK(once.err.find(dir / "s") != std::string::npos);
  CHECK(stintd({"--redis", "unix://" + (dir / "none.sock"), "--flush-stale"}).code == 7);
}

TEST_CASE("stintd --check-config: what would run, 0 or 78, a mistake in the options is 2") {
  TempDir dir;
  write_file(dir / "good.toml",
             "[workers]\nprocesses = 3\n[queues.video]\nprocesses = 1\n[queues.mail]\n");
  auto good = stintd({"--check-config", "--config", dir / "good.toml", "--state-dir", dir / "s",
                      "--plugins", tasks_dir() + "/echo.so"});
  CHECK(good.code == 0);
  CHECK(good.out.find("queue: video") != std::string::npos);
  CHECK(good.out.find("workers: 4 processes of 1 slot") != std::string::npos);
  CHECK(good.out.find("tasks: echo\n") != std::string::npos);
  CHECK(good.err.empty());
  write_file(dir / "vain.toml", "[workers]\nprocesses = 3\n[queues.video]\n[tasks.ecko]\n");
  auto vain =
      stintd({"--check-config", "--config", dir / "vain.toml", "--state-dir", dir / "s",
              "--plugins", tasks_dir() + "/echo.so", "--queue", "mail", "--processes", "1"});
  CHECK(vain.code == 0);
  CHECK(vain.err == "stintd: warning: " + (dir / "vain.toml:3") +
                        ": [queues.video] has no effect: what holds is --queue\n"
                        "stintd: warning: " +
                        (dir / "vain.toml:2") +
                        ": workers.processes has no effect: what holds is --processes\n"
                        "stintd: warning: [tasks.ecko]: no plugin of plugins.paths has this task; "
                        "did you mean echo?\n");
  auto as_json =
      stintd({"--check-config", "--json", "--config", dir / "vain.toml", "--state-dir", dir / "s",
              "--plugins", tasks_dir() + "/echo.so", "--queue", "mail", "--processes", "1"});
  CHECK(as_json.code == 0);
  CHECK(as_json.err.empty());
  CHECK(json_at(as_json.out, "/file") == dir / "vain.toml");
  CHECK(json_at(as_json.out, "/queues/0/queue") == "mail");
  CHECK(json_at(as_json.out, "/workers") == "1");
  CHECK(json_at(as_json.out, "/tasks/0") == "echo");
  CHECK(json_at(as_json.out, "/warnings/2").find("did you mean echo?") != std::string::npos);
  std::string bad_plugin = test_plugins_dir() + "/bad/wrong_abi.so";
  auto refused = stintd({"--check-config", "--config", dir / "good.toml", "--plugins", bad_plugin});
  CHECK(refused.code == 78);
  CHECK(refused.err.starts_with("stintd: plugin " + bad_plugin + ": "));
  CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
  write_file(dir / "bad.toml", "[workers]\nprocesess = 3\n");
  auto bad = stintd({"--check-config", "--config", dir / "bad.toml"});
  CHECK(bad.code == 78);
  CHECK(bad.err.find("bad.toml:2") != std::string::npos);
  CHECK(bad.err.find("processes") != std::string::npos);
  CHECK(stintd({"--slots", "x"}).err == "stintd: --slots: x is not a number\n");
  auto unknown = stintd({"--chek-config"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err ==
        "stintd: unknown option --chek-config; did you mean --check-config? (stintd --help)\n");
  CHECK(stintd({"--procesess", "1"}).err ==
        "stintd: unknown option --procesess; did you mean --processes? (stintd --help)\n");
  CHECK(stintd({"now"}).err == "stintd: unexpected word now (stintd --help)\n");
  CHECK(stintd({"--retry-failed", "--delete-failed"}).code == 2);
  auto help = stintd({"--help"});
  CHECK(help.code == 0);
  CHECK(help.out.find("\nExamples:\n  stintd ") < help.out.find("\nUsage: "));
  CHECK(stintd({"--version"}).out.find("stintd 0.") == 0);
}

TEST_CASE(
    "processes = 0: one worker in place of stintd runs jobs, with an embedded Redis it is "
    "refused") {
  TempDir dir;
  auto refused = stintd({"--processes", "0", "--state-dir", dir / "s"});
  CHECK(refused.code == 78);
  CHECK(refused.err.find("redis.url") != std::string::npos);
  RedisServer redis;
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 0;
  options.start = false;
  Daemon daemon(options);
  daemon.launch();
  auto client = redis.client();
  JobSpec spec;
  spec.id = "a";
  spec.task = "fail_times";
  spec.params = R"({"path":")" + (daemon / "n") + R"(","times":0})";
  REQUIRE(client.run(submit(Keys("stint", "default"), new_nonce(), false, {&spec, 1})));
  CHECK(ended_as(daemon, "a") == "done");
  daemon.signal(SIGTERM);
  CHECK(daemon.wait(kSoon) == 0);
}
