// The page for three in the morning (docs/operations.md): a deploy has broken many jobs, and the
// commands that stand there bring them back and leave alone what failed for another reason.
#include <signal.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"

using namespace stint;
using namespace stint::test;

namespace {

constexpr int kBroken = 300;

// As a package manager does it: written beside, then renamed over.
void deploy(const Daemon& daemon, const std::string& bytes, const std::string& place,
            const std::string& then_logged) {
  int before = count_of(daemon.log(), then_logged);
  write_file(place + ".new", bytes);
  std::filesystem::permissions(place + ".new", std::filesystem::perms{0755});
  std::filesystem::rename(place + ".new", place);
  daemon.signal(SIGHUP);
  REQUIRE(eventually(kLong, [&] { return count_of(daemon.log(), then_logged) > before; }));
}

std::string build_of(const std::string& version) {
  return read_file(test_plugins_dir() + "/versions/version_" + version + ".so");
}

}  // namespace

TEST_CASE(
    "recovery: what a bad deploy broke is told apart, and retried by the documented commands") {
  TempDir plugins;
  const std::string place = plugins / "version.so";
  write_file(place, build_of("a"));
  DaemonOptions options;
  options.plugins = {place};
  Daemon daemon(options);
  for (int i = 0; i < 3; ++i) {  // these are wrong in themselves
    auto id = daemon.submit({"version", "-p", R"({"ms":"soon"})"});
    REQUIRE(daemon.until_state(id, "failed"));
  }
  auto old = daemon.worker_pids();
  deploy(daemon, read_file(shipped_plugin("echo")), place, "all workers are new");
  REQUIRE(eventually(kLong, [&] { return !alive(old.at(0)); }));
  // For a minute the old worker's word is believed, and its jobs wait for it: as if that were over.
  daemon.redis({"HDEL", key("tasks"), "version"});
  std::string lines;
  for (int i = 0; i < kBroken; ++i) {
    lines += R"({"task":"version","id":"order-)" + std::to_string(i) + "\"}\n";
  }
  CHECK(daemon.stint({"submit", "--bulk", "-"}, lines).code == 0);
  REQUIRE(eventually(kLong, [&] { return daemon.stat("failed") == kBroken + 3; }));
  auto what =
      daemon.stint({"job", "count", "--state", "failed", "--by", "task,kind", "--json"}).out;
  CHECK(what ==
        "{\"count\":300,\"task\":\"version\",\"kind\":\"unknown-task\"}\n"
        "{\"count\":3,\"task\":\"version\",\"kind\":\"error\"}\n");

  deploy(daemon, "no plugin", place, "the new workers cannot start; the old ones stay");
  auto refused = daemon.stint({"plugin", "check", place});
  CHECK(refused.code == 78);
  CHECK(refused.err.find(place + ": is no ELF file") != std::string::npos);
  CHECK(daemon.worker_pids().size() == 1);

  deploy(daemon, build_of("b"), place, "all workers are new");
  auto retried = daemon.stint({"job", "retry", "--task", "version", "--kind", "unknown-task",
                               "--since", "2h", "--spread", "1s", "--yes"});
  CHECK(retried.out == "300 jobs retried\n");
  REQUIRE(eventually(kLong, [&] { return daemon.stat("done") == kBroken; }));
  CHECK(daemon.job("order-0", "/result/version") == "b");
  CHECK(daemon.stat("failed") == 3);
  CHECK(daemon.stint({"job", "delete", "--state", "failed", "--yes"}).out == "3 jobs deleted\n");
  daemon.expect_healthy();
  daemon.stop();
}
