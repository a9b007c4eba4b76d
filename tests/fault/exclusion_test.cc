// Jobs of one resource never run at the same time, and waiting for one costs nothing.
#include <algorithm>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/best_of.h"
#include "tests/support/daemon.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::Daemon;
using test::DaemonOptions;
using test::kLong;

namespace {

struct Calls {
  int64_t all = 0;     // calls out of scripts included, but not the questions of this test
  int64_t claims = 0;  // of them those that take jobs, whether there were any or not
};

Calls calls_so_far(const Daemon& daemon) {
  std::istringstream lines(daemon.redis({"INFO", "commandstats"}));
  Calls sum;
  for (std::string line; std::getline(lines, line);) {
    size_t at = line.find(":calls=");
    bool ours = line.starts_with("cmdstat_info") || line.starts_with("cmdstat_ping") ||
                line.starts_with("cmdstat_client");
    bool claim = line.starts_with("cmdstat_rpop") || line.starts_with("cmdstat_zpopmin");
    int64_t calls = at == std::string::npos || ours ? 0 : std::stoll(line.substr(at + 7));
    sum.all += calls;
    sum.claims += claim ? calls : 0;
  }
  return sum;
}

Calls calls_within(const Daemon& daemon, milliseconds window) {
  Calls before = calls_so_far(daemon);
  MonoTime end = now_mono() + window;
  (void)test::eventually(window, [&] { return now_mono() > end; });
  Calls after = calls_so_far(daemon);
  return {after.all - before.all, after.claims - before.claims};
}

}  // namespace

TEST_CASE("exclusion: 20 jobs of one resource in 8 workers count a file to exactly 20") {
  DaemonOptions options;
  options.processes = 8;
  Daemon daemon(options);
  std::string jobs;
  for (int i = 0; i < 20; ++i) {
    jobs += R"({"task":"counter","resource":"file","params":{"ms":5,"path":")" +
            (daemon / "count") + "\"}}\n";
  }
  REQUIRE(daemon.stint({"submit", "--bulk", "-"}, jobs).code == 0);
  REQUIRE(test::eventually(kLong, [&] { return daemon.stat("succeeded") == 20; }));
  CHECK(test::read_file(daemon / "count") == "20\n");
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("exclusion: 1,000 jobs that wait for a resource cost no commands") {
  constexpr milliseconds kWindow{6000};  // longer than an idle worker's wait for the next job
  DaemonOptions options;
  options.processes = 2;
  Daemon daemon(options);
  auto holder = daemon.submit({"wait", "-r", "film", "-p", R"({"seconds":3600})"});
  REQUIRE(daemon.until_state(holder, "active"));
  // What comes every ten seconds or at the start is not in all windows.
  int64_t without = calls_within(daemon, kWindow).all;
  without = std::min(without, calls_within(daemon, kWindow).all);

  std::string jobs;
  for (int i = 0; i < 1000; ++i) {
    jobs += "{\"task\":\"info\",\"resource\":\"film\"}\n";
  }
  REQUIRE(daemon.stint({"submit", "--bulk", "-"}, jobs).code == 0);
  REQUIRE(test::eventually(kLong, [&] { return daemon.stat("blocked") == 1000; }));
  // Two calls a second more would be somebody who asks again and again: in every window.
  const int64_t enough = without + 2 * kWindow.count() / 1000;
  Calls with;
  bool quiet = false;
  for (int i = 0; i < 5 && !quiet; ++i) {
    with = calls_within(daemon, kWindow);
    quiet = with.all <= enough && with.claims == 0;
  }
  INFO("idle " << without << ", with 1000 blocked " << with.all << ", of them claims "
               << with.claims);
  CHECK(quiet);

  CHECK(daemon.stint({"job", "cancel", holder}).code == 0);
  REQUIRE(test::eventually(kLong, [&] { return daemon.stat("succeeded") == 1000; }));
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("pause: an idle worker of a paused queue costs under 2 commands a second") {
  constexpr int kWorkers = 8;
  DaemonOptions options;
  options.processes = 1;
  int64_t of_one = 0;
  int64_t of_many = 0;
  // As long as from one announcement to the next: they come all together.
  constexpr milliseconds kWindow{10'000};
  constexpr int64_t kEnough = 2 * kWorkers * kWindow.count() / 1000;
  for (int processes : {1, 1 + kWorkers}) {
    options.processes = processes;
    Daemon daemon(options);
    REQUIRE(test::eventually(
        kLong, [&] { return test::count_of(daemon.log(), "worker ready") == processes; }));
    REQUIRE(daemon.stint({"queue", "pause"}).code == 0);
    daemon.submit({"info"});
    // Every wait that was begun before the pause has ended after five seconds.
    (void)calls_within(daemon, milliseconds{5500});
    auto calls = [&] { return calls_within(daemon, kWindow).all; };
    if (processes == 1) {
      of_one = calls();
    } else {  // a window that the machine draws out may hold two announcements
      of_many = test::best_of(3, of_one + kEnough, calls);
    }
    CHECK(daemon.stat("pending") == 1);
  }
  INFO("1 worker " << of_one << ", " << 1 + kWorkers << " workers " << of_many);
  CHECK(of_many - of_one < kEnough);
}
