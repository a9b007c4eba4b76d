// A release replaces another under full load. Two builds are not at hand; two versions of one are:
// the programs of the second are copies, and the version of its stintd is another word.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <semaphore>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/fault/witness_lines.h"
#include "tests/support/paths.h"
#include "tests/support/scaled.h"

using namespace stint;
using namespace stint::test;

namespace {

constexpr int64_t kUpgradeJobs = test::scaled(50'000);
constexpr milliseconds kWholeUpgrade{240'000};

std::string version_of(const std::string& programs) {
  Spawn call;
  call.argv = {programs + "/stintd", "--version"};
  std::string said = run(call).out;
  return said.substr(said.find(' ') + 1, said.find('\n') - said.find(' ') - 1);
}

// Another release of the same length: its last figure is another.
void copy_as_other_release(const TempDir& dir) {
  std::string version = version_of(bin_dir());
  std::string other = version;
  other.back() = other.back() == '9' ? '8' : '9';
  for (const char* program : {"stintd", "stint-worker"}) {
    std::string bytes = read_file(bin_dir() + "/" + program);
    for (size_t at = bytes.find(version); at != std::string::npos; at = bytes.find(version, at)) {
      bytes.replace(at, other.size(), other);
    }
    write_file(dir / program, bytes);
    REQUIRE(chmod((dir / program).c_str(), 0755) == 0);
  }
  REQUIRE(version_of(dir.path()) == other);
}

int workers_out_of(const std::string& folder, const Daemon& daemon) {
  auto pids = daemon.worker_pids();
  return static_cast<int>(std::count_if(pids.begin(), pids.end(), [&folder](pid_t pid) {
    std::error_code gone;
    auto program = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone);
    return program.string().starts_with(folder);
  }));
}

// Half of them have one of 200 resources.
std::string line_of_job(int64_t i, const std::string& witness) {
  std::string resource = i % 2 == 0 ? R"("resource":"r)" + std::to_string(i % 200) + R"(",)" : "";
  return R"({"task":"witness","id":"j)" + std::to_string(i) + R"(",)" + resource +
         R"("params":{"ms":0,"path":")" + witness + "\"}}\n";
}

// Feeds a bulk submit by a FIFO: all lines at once, but for the last thousand, which wait for
// finish(). So it is on its way until then.
class Feeder {
 public:
  Feeder(const std::string& fifo, const std::string& witness)
      : thread_([this, fifo, witness] {
          std::ofstream to(fifo);
          for (int64_t i = 0; i < kUpgradeJobs; ++i) {
            if (i == kUpgradeJobs - 1000) {
              to.flush();
              last_.acquire();
            }
            to << line_of_job(i, witness);
          }
        }) {}
  ~Feeder() { finish(); }
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;
  void finish() { last_.release(); }

 private:
  std::counting_semaphore<2> last_{0};
  std::jthread thread_;
};

// As `systemctl try-restart` after an installation does. Returns the jobs that had ended by then.
int64_t replace_by(Daemon& daemon, DaemonOptions options, int64_t when_done,
                   const std::string& programs) {
  (void)eventually(kWholeUpgrade, [&] { return daemon.stat("succeeded") >= when_done; });
  int64_t done = daemon.stat("succeeded");
  daemon.stop();
  options.programs = programs;
  daemon.configure(options);
  daemon.start();
  return done;
}

}  // namespace

TEST_CASE("upgrade: under full load another release takes over, and no job is lost or run twice") {
  TempDir other;
  copy_as_other_release(other);
  DaemonOptions options;
  options.processes = 8;
  Daemon daemon(options);
  REQUIRE(mkfifo((daemon / "jobs").c_str(), 0600) == 0);
  Spawn call;
  call.argv = {bin_dir() + "/stint", "--config", daemon.config_file(), "--json", "submit", "--bulk",
               daemon / "jobs"};
  Process submit(call);
  Feeder feeder(daemon / "jobs", daemon / "witness");
  (void)replace_by(daemon, options, 500, other.path());
  CHECK(submit.running());  // its Redis went and came
  CHECK(eventually(kSoon, [&] { return workers_out_of(other.path(), daemon) == 8; }));
  feeder.finish();
  // And back: what a release of the same format wrote, the earlier one goes on with.
  int64_t before = replace_by(daemon, options, kUpgradeJobs / 2, "");
  CHECK(before < kUpgradeJobs);
  CHECK(submit.wait(kWholeUpgrade) == 0);
  INFO(submit.out() << submit.err());
  CHECK(json_at(submit.out(), "/submitted") == std::to_string(kUpgradeJobs));
  CHECK(eventually(kWholeUpgrade, [&] { return daemon.stat("succeeded") == kUpgradeJobs; }));
  CHECK(daemon.stat("known") == kUpgradeJobs);
  CHECK(daemon.stat("failed") == 0);
  CHECK(daemon.stat("attempts") == kUpgradeJobs);
  std::string lines = read_file(daemon / "witness");
  CHECK(count_of(lines, "begin ") == kUpgradeJobs);
  CHECK(count_of(lines, "end ") == kUpgradeJobs);
  CHECK(overlaps(lines) == 0);
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log();
}
