// More jobs than are held at once: here a page of a hundred, else a million.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>

#include "daemon/cli/steer_bulk.h"
#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::StintCalls;

namespace {

constexpr size_t kHeld = 100;
constexpr int kSome = 230;
constexpr int kMostFailures = 4 * kSome;

// What is printed meanwhile.
std::string printed_by(const std::function<void()>& call) {
  test::TempDir dir;
  std::string file = dir / "out";
  (void)std::fflush(stdout);
  int before = dup(STDOUT_FILENO);
  REQUIRE(std::freopen(file.c_str(), "w", stdout) != nullptr);
  call();
  (void)std::fflush(stdout);
  (void)dup2(before, STDOUT_FILENO);
  (void)close(before);
  return test::read_file(file);
}

struct Rounds : StintCalls {
  explicit Rounds(int failed) {
    for (int i = 0; i < failed; ++i) {
      ended_job("j" + std::to_string(i), EndKind::kError);
    }
  }
  std::string steer(const cli::SteerOptions& options, bool json) const {
    cli::Globals globals;
    globals.quiet = true;
    globals.json = json;
    globals.flags.redis = server.url_text();
    globals.flags.queues = {"default"};
    auto session = cli::Session::open(globals);
    REQUIRE(session.ok());
    Steering steering;
    steering.verb = options.verb;
    return printed_by([&] { (void)cli::steer_all(*session, options, {}, steering, kHeld); });
  }
};

cli::SteerOptions all(Verb verb) {
  cli::SteerOptions options;
  options.verb = verb;
  options.all = true;
  options.yes = true;
  return options;
}

}  // namespace

TEST_CASE("stint job retry: what fails again meanwhile is not retried again") {
  Rounds stint(kSome);
  test::QueueHand hand(stint.server);
  std::atomic<bool> stop = false;
  int failures = 0;
  std::thread worker([&] {
    while (!stop && failures < kMostFailures) {
      for (const auto& job : hand.claim("v", 1)) {
        hand.end(job, EndKind::kError);
        ++failures;
      }
    }
  });
  auto said = stint.steer(all(Verb::kRetry), true);
  stop = true;
  worker.join();
  CHECK(said == R"({"matched":230,"done":230,"asked":0,"skipped":0,"refused":0})"
                "\n");
  CHECK(failures <= kSome);
}

TEST_CASE("stint job delete: all, in rounds") {
  Rounds stint(kSome);
  CHECK(stint.steer(all(Verb::kDelete), true) ==
        R"({"matched":230,"done":230,"asked":0,"skipped":0,"refused":0})"
        "\n");
}

TEST_CASE("stint job: a dry run goes through all, in rounds") {
  Rounds stint(kSome);
  auto options = all(Verb::kRetry);
  options.dry_run = true;
  CHECK(test::lines_of(stint.steer(options, false)).size() == kSome);
}
