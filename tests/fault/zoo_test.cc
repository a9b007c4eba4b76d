// Every way in which a task can harm its process, each beside eight healthy jobs that must all
// succeed, and a daemon that is as good after it as before.
#include <signal.h>

#include <vector>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/scaled.h"

using namespace stint;
using namespace stint::test;

namespace {

struct Animal {
  const char* name;
  const char* task;
  const char* params;
  const char* fields;  // of the inbox entry
  const char* state;   // how the job ends
  const char* kind;    // of its error; "" none
  const char* signal;  // "null": none is told
};

constexpr const char* kNoRetry = R"("retries":0)";
constexpr const char* kShort = R"("retries":0,"timeout":"300ms")";

const std::vector<Animal>& animals() {
  static const std::vector<Animal> all{
      {"segfault", "crash", R"({"how":"null"})", kNoRetry, "failed", "crash", "SIGSEGV"},
      {"abort", "crash", R"({"how":"abort"})", kNoRetry, "failed", "crash", "SIGABRT"},
      {"exit(0)", "crash", R"({"how":"exit_0"})", kNoRetry, "failed", "crash", "null"},
      {"_exit", "crash", R"({"how":"_exit"})", kNoRetry, "failed", "crash", "null"},
      {"throw through the ABI", "throw_across", "{}", kNoRetry, "failed", "crash", "SIGABRT"},
      {"exception in its own thread", "crash", R"({"how":"throw_in_thread"})", kNoRetry, "failed",
       "crash", "SIGABRT"},
      {"stack overflow", "crash", R"({"how":"stack"})", kNoRetry, "failed", "crash", "SIGSEGV"},
      {"endless loop, signals blocked", "spin", "{}", kShort, "failed", "timeout", "SIGKILL"},
      {"sleep past the timeout", "hang", "{}", kShort, "failed", "timeout", "SIGKILL"},
      {"leak to the limit", "grow", R"({"mib":300})", kNoRetry, "done", "", ""},
      {"double completion", "complete_twice", "{}", kNoRetry, "done", "", ""},
      {"completion after the timeout", "late", R"({"ms":400})", kShort, "done", "", ""},
      {"completion after the grace", "late", R"({"ms":20000})", kShort, "failed", "timeout",
       "SIGKILL"},
      {"cwd, umask, signal handlers", "settings", "{}", kNoRetry, "done", "", ""},
      {"closes our descriptors", "close_fds", "{}", kNoRetry, "failed", "crash", "SIGABRT"},
      {"leaves a child", "fork_child", "{}", kNoRetry, "done", "", ""},
      {"escape sequences and NULs", "noisy", R"({"bytes":20000,"stream":2})", kNoRetry, "done", "",
       ""},
  };
  return all;
}

DaemonOptions zoo_options() {
  DaemonOptions options;
  options.processes = 2;
  options.plugins = {faulty_plugin(), test_plugins_dir() + "/thrower/thrower.so"};
  options.workers = "max_rss = \"250MiB\"\n";
  options.toml =
      "[tasks.spin]\ngrace = \"300ms\"\n[tasks.hang]\ngrace = \"300ms\"\n"
      "[tasks.late]\ngrace = \"5s\"\n";  // one of them is to end within it
  return options;
}

std::string params_of(const Daemon& daemon, const Animal& animal, const std::string& child) {
  return std::string(animal.task) == "fork_child" ? R"({"path":")" + (daemon / child) + "\"}"
                                                  : animal.params;
}

void push_healthy(const Daemon& daemon, const std::string& stem, int first, int last) {
  for (int i = first; i <= last; ++i) {
    push(daemon, stem + "-healthy-" + std::to_string(i), "info");
  }
}

}  // namespace

TEST_CASE("zoo: whatever a task does to its process, eight healthy jobs beside it succeed") {
  Daemon daemon(zoo_options());
  int number = 0;
  for (const Animal& animal : animals()) {
    INFO(animal.name);
    std::string id = "animal-" + std::to_string(++number);
    push_healthy(daemon, id, 1, 4);
    push(daemon, id, animal.task, params_of(daemon, animal, "child"), animal.fields);
    push_healthy(daemon, id, 5, 8);
    CHECK(ended_as(daemon, id, kLong) == animal.state);
    if (*animal.kind != '\0') {
      CHECK(json_at(outcome(daemon, id), "/errors/0/kind") == animal.kind);
      CHECK(json_at(outcome(daemon, id), "/errors/0/signal") == animal.signal);
    }
    for (int i = 1; i <= 8; ++i) {
      CHECK(ended_as(daemon, id + "-healthy-" + std::to_string(i), kLong) == "done");
    }
    CHECK(eventually(kLong, [&] { return daemon.worker_pids().size() == 2; }));
  }
  CHECK(daemon.stat("succeeded") + daemon.stat("failed") == 9 * number);
  daemon.expect_healthy();
  pid_t child = static_cast<pid_t>(std::stol(read_file(daemon / "child")));
  daemon.stop();
  CHECK(eventually(kLong, [&] { return ::kill(child, 0) != 0; }));
  std::string log = daemon.log();
  CHECK(std::none_of(log.begin(), log.end(), [](char c) { return c == '\x1b' || c == '\0'; }));
}

TEST_CASE("zoo: a task that writes 1 GiB to stderr holds nobody up and fills no log") {
  Daemon daemon(zoo_options());
  const MonoTime begin = now_mono();
  push(daemon, "loud", "noisy",
       R"({"bytes":)" + std::to_string(test::scaled(1 << 30)) + R"(,"stream":2})");
  push_healthy(daemon, "loud", 1, 8);
  for (int i = 1; i <= 8; ++i) {
    CHECK(ended_as(daemon, "loud-healthy-" + std::to_string(i), kLong) == "done");
  }
  CHECK(ended_as(daemon, "loud", kLong) == "done");
  daemon.stop();
  // Beside the first burst 200 lines of a KiB a second, as daemon/output_relay.cc limits it.
  const int64_t seconds = (now_mono() - begin) / milliseconds{1'000} + 1;
  CHECK(daemon.log().size() < (size_t{4} << 20) + static_cast<size_t>(seconds) * 200 * 1024);
}
