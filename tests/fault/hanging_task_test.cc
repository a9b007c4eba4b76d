#include <algorithm>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "common/queue/keys.h"
#include "common/queue/steer.h"
#include "tests/fault/steps.h"
#include "tests/support/best_of.h"
#include "tests/support/scaled.h"

using namespace stint;
using namespace stint::test;

namespace {

DaemonOptions short_grace() {
  DaemonOptions options;
  options.toml = "[tasks.hang]\ngrace = \"300ms\"\n[tasks.hang_once]\ngrace = \"300ms\"\n";
  return options;
}

size_t open_fds(pid_t pid) {
  std::filesystem::directory_iterator fds("/proc/" + std::to_string(pid) + "/fd");
  return static_cast<size_t>(std::distance(begin(fds), end(fds)));
}

// Whatever they run, and those that nobody has reaped among them.
int children(pid_t pid) {
  std::string of = std::to_string(pid);
  return count_of(read_file("/proc/" + of + "/task/" + of + "/children"), " ");
}

int64_t resident_pages(pid_t pid) {
  int64_t size = 0;
  int64_t resident = 0;
  std::ifstream("/proc/" + std::to_string(pid) + "/statm") >> size >> resident;
  return resident;
}

void hang_in_turn(const Daemon& daemon, const std::string& stem, int jobs) {
  for (int i = 0; i < jobs; ++i) {
    push(daemon, stem + std::to_string(i), "spin", "{}", R"("timeout":"100ms")");
  }
  for (int i = 0; i < jobs; ++i) {
    std::string id = stem + std::to_string(i);
    REQUIRE(ended_as(daemon, id, kLong) == "failed");
    REQUIRE(json_at(outcome(daemon, id), "/errors/0/kind") == "timeout");
  }
}

void cancel_now(const Daemon& daemon, const std::vector<std::string>& ids) {
  REQUIRE(daemon.client().run(
      cancel_jobs(Keys("stint", "default"), milliseconds{60'000}, std::nullopt, ids)));
}

constexpr milliseconds kGrace{300};

// From when the task should have ended to the start of the job that waits for its slot. `ask` ends
// it: returns when that was due.
template <typename Ask>
milliseconds until_slot_is_back(const Daemon& daemon, const std::string& name, Ask ask) {
  std::string running = daemon / (name + ".running");
  std::string next = daemon / (name + ".next");
  MonoTime pushed = now_mono();
  push(daemon, name, "spin", announced(running), R"("timeout":")" + ask.timeout + "\"");
  push(daemon, name + "-next", "info", announced(next));
  REQUIRE(until_started(running));
  bool taken = lines_in(next) == 0;  // the one slot; else this test was away, and saw nothing
  MonoTime due = ask(daemon, name, pushed);
  REQUIRE(until_started(next));
  milliseconds took = now_mono() - due;
  REQUIRE(ended_as(daemon, name + "-next") == "done");
  return taken ? took : milliseconds::max();
}

template <typename Ask>
void expect_slot_in_time(Ask ask, const std::string& state) {
  DaemonOptions options;
  options.toml = "[tasks.spin]\ngrace = \"" + std::to_string(kGrace.count()) + "ms\"\n";
  Daemon daemon(options);
  const milliseconds limit = kGrace + slowed(milliseconds{1'000});
  int number = 0;
  milliseconds best = best_of(10, limit, [&] {
    std::string name = "hung-" + std::to_string(++number);
    milliseconds took = until_slot_is_back(daemon, name, ask);
    REQUIRE(ended_as(daemon, name) == state);
    return took;
  });
  CHECK(best < limit);
  CHECK(best >= kGrace);  // else it had not the time that it was given
  daemon.stop();
}

struct ByTimeout {
  std::string timeout = "500ms";
  MonoTime operator()(const Daemon&, const std::string&, MonoTime pushed) const {
    return pushed + milliseconds{500};  // of the attempt, which begins a little later
  }
};

struct ByCancel {
  std::string timeout = "1h";
  MonoTime operator()(const Daemon& daemon, const std::string& id, MonoTime) const {
    MonoTime sent = now_mono();
    cancel_now(daemon, {id});
    return sent;
  }
};

// Two workers, each with a child of its task: one that TERM ends, one that only KILL does. By which
// signal one ends is settled when that is sent, so it does not matter how soon the child has a
// turn.
void expect_group_ends(const std::string& fields, bool cancelled) {
  DaemonOptions options;
  options.processes = 2;
  options.toml = "[tasks.fork_watched]\ngrace = \"300ms\"\n[tasks.fork_child]\ngrace = \"300ms\"\n";
  Daemon daemon(options);
  std::string heeding = daemon / "heeding";
  std::string deaf = daemon / "deaf";
  push(daemon, "heeds", "fork_watched", R"({"seconds":120,"path":")" + heeding + "\"}", fields);
  push(daemon, "deaf", "fork_child", R"({"seconds":120,"wait":true,"path":")" + deaf + "\"}",
       fields);
  REQUIRE(until_started(heeding));
  REQUIRE(until_started(deaf));
  pid_t child = std::stoi(read_file(deaf));
  if (cancelled) {
    cancel_now(daemon, {"heeds", "deaf"});
  }
  for (const char* id : {"heeds", "deaf"}) {
    CHECK(ended_as(daemon, id) == (cancelled ? "cancelled" : "failed"));
  }
  REQUIRE(until_started(heeding, 2));
  CHECK(read_file(heeding).ends_with("\n" + std::to_string(SIGTERM) + "\n"));
  CHECK(eventually(kSoon, [&] { return !alive(child); }));
  daemon.stop();
}

}  // namespace

TEST_CASE("timeout: TERM and then KILL go to the task's whole process group") {
  expect_group_ends(R"("timeout":"3s")", false);
}

TEST_CASE("cancel: TERM and then KILL go to the task's whole process group") {
  expect_group_ends(R"("timeout":"1h")", true);
}

TEST_CASE("timeout: the slot of an endless loop is back within the grace and a second") {
  expect_slot_in_time(ByTimeout{}, "failed");
}

TEST_CASE("cancel: the slot of an endless loop is back within the grace and a second") {
  expect_slot_in_time(ByCancel{}, "cancelled");
}

TEST_CASE("timeout: a task that ignores it is killed and the second attempt succeeds") {
  Daemon daemon(short_grace());
  push(daemon, "hung", "hang_once", R"({"path":")" + (daemon / "n") + "\"}",
       R"("timeout":"3s","retries":1,"backoff":"none")");
  CHECK(ended_as(daemon, "hung") == "done");
  CHECK(json_at(outcome(daemon, "hung"), "/attempt") == "2");
  CHECK(json_at(outcome(daemon, "hung"), "/errors/0/kind") == "timeout");
  daemon.stop();
}

TEST_CASE("cancel: a task that ignores it is killed, ends as cancelled and is not retried") {
  Daemon daemon(short_grace());
  push(daemon, "hung", "hang", announced(daemon / "started"), R"("retries":5)");
  REQUIRE(until_started(daemon / "started"));
  MonoTime before = now_mono();
  cancel_now(daemon, {"hung"});
  CHECK(ended_as(daemon, "hung") == "cancelled");
  CHECK(now_mono() - before < slowed(milliseconds{5'000}));
  CHECK(lines_in(daemon / "started") == 1);
  daemon.stop();
}

TEST_CASE("timeout with several slots: the neighbours go back uncounted") {
  DaemonOptions options = short_grace();
  options.slots = 2;
  Daemon daemon(options);
  push(daemon, "neighbour", "hang_once",
       announced(daemon / "started", R"("path":")" + (daemon / "n") + "\""));
  REQUIRE(until_started(daemon / "started"));
  push(daemon, "hung", "hang", "{}", R"("timeout":"1s")");
  CHECK(ended_as(daemon, "hung") == "failed");
  CHECK(json_at(outcome(daemon, "hung"), "/errors/0/kind") == "timeout");
  CHECK(ended_as(daemon, "neighbour") == "done");
  CHECK(json_at(outcome(daemon, "neighbour"), "/attempt") == "1");
  daemon.stop();
}

TEST_CASE(
    "timeout: 200 endless loops with signals blocked leave no process, descriptor or memory") {
  DaemonOptions options;
  options.processes = 8;
  options.toml = "[tasks.spin]\ngrace = \"100ms\"\n";
  Daemon daemon(options);
  hang_in_turn(daemon, "warm-", scaled(42));  // until every buffer has its size
  REQUIRE(until_workers(daemon, 8));
  REQUIRE(eventually(kSoon, [&] { return children(daemon.pid()) == 8 + 1; }));
  size_t fds = open_fds(daemon.pid());
  int64_t pages = resident_pages(daemon.pid());
  hang_in_turn(daemon, "hung-", scaled(200));
  push(daemon, "after", "info");
  CHECK(ended_as(daemon, "after") == "done");
  REQUIRE(until_workers(daemon, 8));
  CHECK(eventually(kSoon, [&] { return children(daemon.pid()) == 8 + 1; }));
  CHECK(eventually(kSoon, [&] { return open_fds(daemon.pid()) <= fds; }));
#if !defined(STINT_SANITIZED)                         // what was freed is kept there
  CHECK(resident_pages(daemon.pid()) - pages < 256);  // a MiB
#else
  CHECK(pages > 0);
#endif
  CHECK(daemon.stat("failed") == scaled(42) + scaled(200));
  daemon.expect_healthy();
  daemon.stop();
}
