// The host has nothing left to give: no processes, no descriptors, no room on the disk. The rest
// goes on, it is said once, and everything recovers by itself.
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

// From now on the process gets no new descriptor; those that it has stay. The limit of before.
rlimit no_more_descriptors(pid_t pid) {
  rlimit before{};
  REQUIRE(prlimit(pid, RLIMIT_NOFILE, nullptr, &before) == 0);
  rlimit none{1, before.rlim_max};
  REQUIRE(prlimit(pid, RLIMIT_NOFILE, &none, nullptr) == 0);
  return before;
}

void run_one(const Daemon& daemon, const std::string& id) {
  push(daemon, id, "info");
  CHECK(ended_as(daemon, id) == "done");
}

// While it lasts, no worker can be started: two are there, one is killed.
void loses_a_worker(const Daemon& daemon, const std::string& name) {
  auto workers = daemon.worker_pids();
  REQUIRE(workers.size() == 2);
  kill(workers[0], SIGKILL);
  REQUIRE(until_logged(daemon, "worker cannot start; trying again"));
  CHECK(daemon.worker_pids().size() == 1);
  for (int i = 0; i < 3; ++i) {
    run_one(daemon, name + std::to_string(i));  // the other goes on
  }
}

// Of two workers with a slot each: the one that another job is not given to.
pid_t one_that_runs(const Daemon& daemon) {
  run_one(daemon, "beside");
  auto workers = daemon.worker_pids();
  REQUIRE(workers.size() == 2);
  bool first_is_free =
      json_at(outcome(daemon, "beside"), "/result/pid") == std::to_string(workers[0]);
  return workers[first_is_free ? 1 : 0];
}

DaemonOptions two_workers(const RedisServer& redis) {
  DaemonOptions options;
  options.redis_url = redis.url_text();
  options.processes = 2;
  return options;
}

// A disk of a few MiB. Only root may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& at) : at_(at) {
    std::filesystem::create_directory(at_);
    mounted_ = geteuid() == 0 && mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=4m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) {
      (void)umount2(at_.c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  void fill() const {
    std::ofstream ballast(at_ + "/ballast", std::ios::binary);
    std::string block(4096, 'x');
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void empty() const { std::filesystem::remove(at_ + "/ballast"); }

 private:
  std::string at_;
  bool mounted_ = false;
};

// A control group whose processes have so much memory in all; the kernel kills the largest when it
// is used up. Of either version; only root may make one, and in many containers nobody.
class MemoryGroup {
 public:
  explicit MemoryGroup(const std::string& bytes) {
    std::string root = "/sys/fs/cgroup";
    bool first = std::filesystem::exists(root + "/memory/memory.limit_in_bytes");
    at_ = root + (first ? "/memory" : "") + "/stint-test-" + std::to_string(getpid());
    std::error_code failed;
    std::filesystem::create_directory(at_, failed);
    made_ = !failed && say(first ? "memory.limit_in_bytes" : "memory.max", bytes);
    (void)say(first ? "memory.memsw.limit_in_bytes" : "memory.swap.max", first ? bytes : "0");
  }
  ~MemoryGroup() {
    (void)eventually(kLong, [this] { return rmdir(at_.c_str()) == 0 || errno != EBUSY; });
  }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;
  bool made() const { return made_; }
  bool take_in(pid_t pid) const { return say("cgroup.procs", std::to_string(pid)); }

 private:
  bool say(const char* file, const std::string& text) const {
    std::string path = at_ + "/" + file;
    if (!std::filesystem::exists(path)) {
      return false;
    }
    std::ofstream out(path);
    out << text << std::flush;
    return out.good();
  }
  std::string at_;
  bool made_ = false;
};

}  // namespace

TEST_CASE("fork fails: said once, the other worker goes on, and it recovers by itself") {
  RedisServer redis;
  TempDir dir;
  auto options = two_workers(redis);
  options.env = {{"LD_PRELOAD", build_dir() + "/preload/no_fork.so"},
                 {"NO_FORK", dir / "full"},
                 preloading_under_asan()};
  Daemon daemon(options);
  write_file(dir / "full", "");
  loses_a_worker(daemon, "meanwhile");
  CHECK(count_of(daemon.log(), "worker cannot start") == 1);
  std::filesystem::remove(dir / "full");
  CHECK(until_workers(daemon, 2));
  run_one(daemon, "after");
  daemon.stop();
  daemon.expect_clean_log({"append-only", "worker cannot start", "worker ended"});
}

TEST_CASE("stintd out of descriptors: said once, its workers go on, and it recovers by itself") {
  RedisServer redis;
  Daemon daemon(two_workers(redis));
  rlimit before = no_more_descriptors(daemon.pid());
  loses_a_worker(daemon, "meanwhile");
  CHECK(count_of(daemon.log(), "worker cannot start") == 1);
  // Nor can it connect again.
  redis.command({"CLIENT", "KILL", "TYPE", "normal"});
  REQUIRE(until_logged(daemon, "stintd: Redis cannot be reached"));
  REQUIRE(prlimit(daemon.pid(), RLIMIT_NOFILE, &before, nullptr) == 0);
  CHECK(until_logged(daemon, "stintd: Redis is back"));
  CHECK(until_workers(daemon, 2));
  run_one(daemon, "after");
  CHECK(count_of(daemon.log(), "stintd: Redis cannot be reached") == 1);
  daemon.stop();
}

TEST_CASE(
    "a worker out of descriptors: said once, the other goes on, it recovers by itself, its job "
    "ends well") {
  RedisServer redis;
  const std::string kAway = "redis cannot be reached, trying again";
  const std::string kBack = "redis is back";
  Daemon daemon(two_workers(redis));
  auto logged = [&](const std::string& text, int times) {
    return eventually(kLong, [&] { return count_of(daemon.log(), text) == times; });
  };
  push(daemon, "running", "wait", announced(daemon / "started", R"("on_stop":"succeed")"));
  REQUIRE(until_started(daemon / "started"));
  pid_t worker = one_that_runs(daemon);
  auto workers = daemon.worker_pids();
  // Once without: the undefined behaviour sanitizer needs descriptors where it sees a type first.
  redis.command({"CLIENT", "KILL", "TYPE", "normal"});
  REQUIRE(logged(kAway, 2));
  REQUIRE(logged(kBack, 2));
  rlimit before = no_more_descriptors(worker);
  redis.command({"CLIENT", "KILL", "TYPE", "normal"});
  REQUIRE(logged(kBack, 3));
  for (int i = 0; i < 3; ++i) {
    run_one(daemon, "meanwhile" + std::to_string(i));
  }
  REQUIRE(prlimit(worker, RLIMIT_NOFILE, &before, nullptr) == 0);
  CHECK(logged(kBack, 4));
  CHECK(daemon.stint({"job", "cancel", "running"}).code == 0);
  CHECK(ended_as(daemon, "running", kLong) == "done");
  CHECK(json_at(outcome(daemon, "running"), "/attempt") == "1");
  run_one(daemon, "after");
  CHECK(daemon.worker_pids() == workers);
  CHECK(count_of(daemon.log(), kAway) == 4);
  daemon.stop();
}

TEST_CASE("out of memory: of stintd, Redis and the workers the kernel takes a worker first") {
  Daemon daemon;
  auto score = [](pid_t pid) {
    return std::stoi(read_file("/proc/" + std::to_string(pid) + "/oom_score_adj"));
  };
  int supervisor = score(daemon.pid());
  for (pid_t worker : daemon.worker_pids()) {
    CHECK(score(worker) == std::min(supervisor + 300, 1000));
  }
  CHECK(score(daemon.redis_pid()) == supervisor);
}

TEST_CASE(
    "out of memory: the kernel kills the worker that grew, one attempt is lost, the rest goes on") {
  MemoryGroup group("268435456");
  if (!group.made()) {
    WARN("not shown here: no control group with a limit of memory can be made");
    return;
  }
  RedisServer redis;
  Daemon daemon(two_workers(redis));
  REQUIRE(group.take_in(daemon.pid()));
  for (pid_t worker : daemon.worker_pids()) {
    REQUIRE(group.take_in(worker));
  }
  for (int i = 0; i < 4; ++i) {
    push(daemon, "healthy" + std::to_string(i), "info");
  }
  push(daemon, "greedy", "grow", R"({"mib":1024})", R"("retries":0)");
  for (int i = 4; i < 8; ++i) {
    push(daemon, "healthy" + std::to_string(i), "info");
  }
  CHECK(ended_as(daemon, "greedy", kLong) == "failed");
  CHECK(json_at(outcome(daemon, "greedy"), "/errors/0/kind") == "crash");
  CHECK(json_at(outcome(daemon, "greedy"), "/errors/0/signal") == "SIGKILL");
  CHECK(until_logged(daemon, "attempt ended with its worker"));  // read by a thread
  for (int i = 0; i < 8; ++i) {
    CHECK(ended_as(daemon, "healthy" + std::to_string(i), kLong) == "done");
  }
  CHECK(daemon.stat("attempts") == 9);
  CHECK(until_workers(daemon, 2));
  CHECK(count_of(daemon.log(), "attempt ended with its worker") == 1);
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("state disk full: submits are refused, nothing is lost, and it recovers by itself") {
  TempDir dir;
  SmallDisk disk(dir / "disk");
  if (!disk.mounted()) {
    WARN("not shown here: only root may mount a small disk");
    return;
  }
  DaemonOptions options;
  options.toml = short_leases("15s");
  options.state_dir = dir / "disk/state";
  Daemon daemon(options);
  run_one(daemon, "before");
  push(daemon, "running", "witness",
       announced(daemon / "started", R"("path":")" + (daemon / "w") + R"(","ms":2000)"));
  REQUIRE(until_started(daemon / "started"));
  disk.fill();
  Finished refused;
  REQUIRE(eventually(kLong, [&] {
    refused = daemon.stint({"submit", "info"});
    return refused.code != 0;
  }));
  CHECK(refused.code == 1);
  CHECK(refused.err.find("cannot write its disk") != std::string::npos);
  // Unless it has ended before the disk was full, its end is refused, and again every second.
  const std::string kRefuses = "redis refuses the end of attempts";
  auto said = [&] { return count_of(daemon.log(), kRefuses); };
  REQUIRE(eventually(kLong, [&] { return said() > 0 || !outcome(daemon, "running").empty(); }));
  MonoTime begin = now_mono();
  REQUIRE(eventually(kLong, [&] { return now_mono() - begin > milliseconds{2'500}; }));
  disk.empty();
  CHECK(ended_as(daemon, "running", kLong) == "done");
  CHECK(json_at(outcome(daemon, "running"), "/attempt") == "1");
  CHECK(eventually(kLong, [&] {
    return count_of(daemon.log(), "redis takes the end of attempts again") == said();
  }));
  CHECK(said() <= 1);
  run_one(daemon, "after");
  daemon.expect_healthy();
  daemon.stop();
}

TEST_CASE("start on a full disk: one line that names the folder, exit 1") {
  TempDir dir;
  SmallDisk disk(dir / "disk");
  if (!disk.mounted()) {
    WARN("not shown here: only root may mount a small disk");
    return;
  }
  disk.fill();
  auto ended =
      run({bin_dir() + "/stintd", "--state-dir", dir / "disk/state", "--plugins", faulty_plugin()});
  INFO(ended.err);
  CHECK(ended.code == 1);
  CHECK(count_of(ended.err, " error ") == 1);
  CHECK(ended.err.find(dir / "disk/state") != std::string::npos);
  CHECK(ended.err.find("No space left on device") != std::string::npos);
}
