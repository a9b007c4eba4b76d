// A worker that was away for longer than its lease, and comes back when another host has taken its
// job.
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

DaemonOptions host_of(const RedisServer& redis) {
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.toml = short_leases("4s");
  return options;
}

// Two hosts. The first takes the job "z" and is then stopped whole, supervisor and worker; the
// second runs it to its end.
struct Hosts {
  RedisServer redis;
  Daemon first{host_of(redis)};
  std::unique_ptr<Daemon> second;
  pid_t worker = -1;
  std::string name;  // the worker's

  // counter: in which the task counts its attempts.
  Hosts(const std::string& task, const std::string& counter, const std::string& more = "") {
    push(first, "z", task, R"({"path":")" + counter + "\"" + more + "}",
         R"("retries":1,"backoff":"none")");
    REQUIRE(eventually(kSoon, [&] { return read_file(counter) == "1\n"; }));
    REQUIRE(eventually(kSoon, [&] {
      name = started_by(redis.command({"HGET", key("active"), "z"}));
      return !name.empty();
    }));
    worker = first.worker_pids().at(0);
    first.signal(SIGSTOP);
    kill(worker, SIGSTOP);
    second = std::make_unique<Daemon>(host_of(redis));
    REQUIRE(ended_as(*second, "z") == "done");
    CHECK(json_at(outcome(*second, "z"), "/attempt") == "2");
    CHECK(json_at(outcome(*second, "z"), "/errors/0/kind") == "lost");
  }
};

}  // namespace

TEST_CASE(
    "zombie: a resumed worker is told that its attempt is lost, and what it says is refused") {
  TempDir dir;
  Hosts hosts("wait_once", dir / "n", R"(,"on_stop":"succeed")");
  std::string before = outcome(*hosts.second, "z");
  auto last_claim = [&] { return hosts.redis.command({"HGET", key("claims"), hosts.name}); };
  std::string claimed = last_claim();
  kill(hosts.worker, SIGCONT);  // alone: its supervisor cannot save the day
  // It claims nothing before its slot is free.
  REQUIRE(eventually(kSoon, [&] { return last_claim() != claimed; }));
  CHECK(hosts.redis.command({"HGET", key("stats"), "attempts"}) == "2");
  CHECK(hosts.redis.command({"HLEN", key("active")}) == "0");
  push(hosts.first, "next", "info");
  CHECK(ended_as(hosts.first, "next") == "done");
  hosts.first.signal(SIGCONT);
  CHECK(until_logged(hosts.first, "its outcome is dropped"));
  CHECK(outcome(*hosts.second, "z") == before);
  CHECK(hosts.redis.command({"HGET", key("stats"), "succeeded"}) == "2");
  hosts.first.stop();
  hosts.second->stop();
  hosts.second->expect_clean_log({"settled attempts whose worker is gone", "append-only"});
}

TEST_CASE(
    "zombie: a resumed supervisor ends the attempt whose lease ran out, and settles nothing") {
  TempDir dir;
  Hosts hosts("hang_once", dir / "n");
  std::string before = outcome(*hosts.second, "z");
  hosts.first.signal(SIGCONT);  // the worker stays stopped: nothing but its recorder speaks for it
  CHECK(eventually(kSoon, [&] { return !alive(hosts.worker); }));
  CHECK(until_logged(hosts.first, "a job is past its end: lost"));
  push(hosts.first, "next", "info");
  CHECK(ended_as(hosts.first, "next") == "done");
  CHECK(outcome(*hosts.second, "z") == before);
  CHECK(hosts.redis.command({"HGET", key("stats"), "attempts"}) == "3");
  hosts.first.stop();
  hosts.second->stop();
}
