// kill -9 of any process at any moment: no job is lost, none runs beside itself, and the queue is
// sound afterwards.
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/fault/witness_lines.h"
#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/scaled.h"

using namespace stint;
using test::Daemon;
using test::DaemonOptions;

namespace {

constexpr milliseconds kWholeLoad{240'000};
constexpr int kChunk = 250;
constexpr int kLoad = test::scaled(80) * kChunk;
constexpr int kResources = 200;

unsigned chosen_seed() {
  const char* said = std::getenv("STINT_TEST_SEED");
  return said != nullptr ? static_cast<unsigned>(std::stoul(said)) : std::random_device{}();
}

// One chunk of raw jobs. Half of them have one of the resources. Retries enough for every kill that
// can hit one job.
std::vector<std::string> chunk_of_jobs(const Daemon& daemon, int first, int count) {
  std::vector<std::string> words = {"LPUSH", "stint:{default}:inbox"};
  for (int i = first; i < first + count; ++i) {
    std::string resource =
        i % 2 == 0 ? "\"resource\":\"r" + std::to_string(i % kResources) + "\"," : "";
    words.push_back("{\"id\":\"j" + std::to_string(i) + "\",\"task\":\"witness\"," + resource +
                    "\"retries\":100,\"crash_limit\":100,\"backoff\":\"none\"," +
                    "\"params\":{\"ms\":1,\"path\":\"" + (daemon / "witness") + "\"}}");
  }
  return words;
}

// While the killing goes on. A push without an answer is repeated: the ids are known then.
void push_jobs(const std::stop_token& stop, const Daemon& daemon) {
  for (int first = 0; first < kLoad; first += kChunk) {
    bool pushed = false;
    while (!pushed && !stop.stop_requested()) {
      auto client = redis::Client::connect(daemon.url(), milliseconds{5000}, "pusher");
      pushed = client && client->run(redis::plain(chunk_of_jobs(daemon, first, kChunk)));
    }
  }
}

const std::string kVictims[] = {"stint-worker", "redis-server", "stintd"};

const std::string& next_victim(std::minstd_rand& random) {
  auto dice = random() % 10;
  return kVictims[dice == 0 ? 2 : dice <= 2 ? 1 : 0];
}

// False: there is none just now.
bool kill_one(Daemon& daemon, const std::string& victim, std::minstd_rand& random) {
  if (victim == "stintd") {
    daemon.kill9();
    daemon.start();
    return true;
  }
  if (victim == "redis-server") {
    pid_t pid = daemon.redis_pid();
    return pid > 0 && kill(pid, SIGKILL) == 0;
  }
  auto workers = daemon.worker_pids();
  return !workers.empty() && kill(workers[random() % workers.size()], SIGKILL) == 0;
}

}  // namespace

TEST_CASE("killed: 20,000 jobs all end well while workers, Redis and stintd are killed") {
  unsigned seed = chosen_seed();
  std::cout << "STINT_TEST_SEED=" << seed << "\n";
  std::minstd_rand random(seed);
  DaemonOptions options;
  options.processes = 4;
  Daemon daemon(options);
  std::jthread pusher([&](const std::stop_token& stop) { push_jobs(stop, daemon); });
  std::map<std::string, int> kills;
  auto all_done = [&] { return daemon.stat("succeeded") == kLoad; };
  for (const auto& victim : kVictims) {  // whatever chance leaves out
    CHECK(test::eventually(kWholeLoad, [&] { return kill_one(daemon, victim, random); }));
    ++kills[victim];
  }
  for (int i = 0; i < 40 && !all_done(); ++i) {
    MonoTime next = now_mono() + milliseconds(random() % 200);
    (void)test::eventually(milliseconds{1000}, [&] { return now_mono() > next; });
    const std::string& victim = next_victim(random);
    kills[victim] += kill_one(daemon, victim, random) ? 1 : 0;
  }
  pusher.join();
  bool done = test::eventually(kWholeLoad, all_done);
  INFO("seed " << seed << ", killed: workers " << kills["stint-worker"] << ", Redis "
               << kills["redis-server"] << ", stintd " << kills["stintd"]);
  INFO(daemon.stint({"stats"}).out);
  CHECK(done);
  CHECK(daemon.stat("failed") == 0);
  CHECK(daemon.stat("known") == kLoad);
  CHECK(test::overlaps(test::read_file(daemon / "witness")) == 0);
  daemon.expect_healthy();
  daemon.stop();
}
