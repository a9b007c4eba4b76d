#include "daemon/embedded_redis.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include "common/redis/client.h"
#include "common/unique_fd.h"
#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/loop.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

using namespace stint;
using redis::plain;
using test::kSoon;

namespace {

Config embedded_config(const std::string& state_dir) {
  Config config;
  config.state_dir = state_dir;
  config.redis.socket = state_dir + "/redis.sock";
  config.maxmemory = 64 << 20;
  return config;
}

struct Embedded {
  test::Loop loop;
  int ready = 0;
  std::optional<Error> failed;
  EmbeddedRedis redis;

  explicit Embedded(const Config& config)
      : redis(loop.get(), config,
              {[this] { ++ready; }, [this](const Error& error) { failed = error; }}) {
    redis.start();
  }
  void reap() {
    if (redis.pid() > 0) {
      int status = 0;
      if (pid_t pid = waitpid(redis.pid(), &status, WNOHANG); pid > 0) {
        CHECK(redis.on_child_exit(pid, status));
      }
    }
  }
  template <typename P>
  bool until(P&& holds) {
    return loop.run_until(kSoon, [&] {
      reap();
      return holds();
    });
  }
  void stop() {
    bool stopped = false;
    redis.stop([&] { stopped = true; });
    CHECK_FALSE(stopped);
    REQUIRE(until([&] { return stopped; }));
    CHECK(redis.pid() == -1);
  }
};

std::string ask(const Config& config, std::vector<std::string> words) {
  auto client = redis::Client::connect(config.redis, kSoon, "test");
  REQUIRE(client);
  auto reply = client->run(plain(std::move(words)));
  REQUIRE(reply);
  auto view = reply->view();
  return std::string(view.is_array() ? view[1].str() : view.str());
}

unsigned mode_of(const std::string& path) {
  struct stat s {};
  REQUIRE(stat(path.c_str(), &s) == 0);
  return s.st_mode & 07777;
}

}  // namespace

TEST_CASE(
    "embedded redis: ready on its socket, configured to keep jobs, readable by the group alone") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  Embedded embedded(config);
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  CHECK(ask(config, {"CONFIG", "GET", "appendonly"}) == "yes");
  CHECK(ask(config, {"CONFIG", "GET", "appendfsync"}) == "no");
  CHECK(ask(config, {"CONFIG", "GET", "maxmemory"}) == std::to_string(64 << 20));
  CHECK(ask(config, {"CONFIG", "GET", "maxmemory-policy"}) == "noeviction");
  CHECK(ask(config, {"CONFIG", "GET", "port"}) == "0");
  CHECK(mode_of(dir / "redis.sock") == 0770);
  CHECK(mode_of(dir / "redis") == 0700);
  pid_t pid = embedded.redis.pid();
  CHECK(getpgid(pid) == pid);
  embedded.stop();
  CHECK_FALSE(test::alive(pid));
}

TEST_CASE("embedded redis: what stintd was started with stays away from it") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  UniqueFd left(open("/dev/zero", O_RDONLY));  // NOLINT(android-cloexec-open): as a shell leaves it
  Embedded embedded(config);
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  std::string folder = "/proc/" + std::to_string(embedded.redis.pid()) + "/fd";
  std::vector<std::string> open_files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::error_code gone;
    open_files.push_back(std::filesystem::read_symlink(entry.path(), gone));
  }
  CHECK_FALSE(open_files.empty());
  CHECK(std::count(open_files.begin(), open_files.end(), "/dev/zero") == 0);
  embedded.stop();
}

TEST_CASE("embedded redis: killed, it comes back with what it had acknowledged") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  Embedded embedded(config);
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  for (int times = 2; times < 5; ++times) {
    CHECK(ask(config, {"SET", "k", std::to_string(times)}) == "OK");
    pid_t before = embedded.redis.pid();
    kill(before, SIGKILL);
    REQUIRE(embedded.until([&] { return embedded.ready == times; }));
    CHECK(embedded.redis.pid() != before);
    CHECK(ask(config, {"GET", "k"}) == std::to_string(times));
  }
  CHECK_FALSE(embedded.failed);
  embedded.stop();
}

TEST_CASE(
    "embedded redis: killed within a script's write, it has nothing of the script, for good") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  Embedded embedded(config);
  auto kill_it = [&] {
    kill(embedded.redis.pid(), SIGKILL);
    REQUIRE(embedded.until([&] { return embedded.redis.pid() == -1; }));
  };
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  CHECK(ask(config, {"SET", "before", "1"}) == "OK");
  ask(config,
      {"EVAL", "redis.call('SET', 'first', 1) redis.call('SET', 'second', string.rep('v', 200))",
       "0"});
  std::string file = dir / "redis/appendonlydir/appendonly.aof.1.incr.aof";
  REQUIRE(test::eventually(
      kSoon, [&] { return test::read_file(file).find("vvvv") != std::string::npos; }));
  kill_it();
  std::filesystem::resize_file(file, test::read_file(file).find("vvvv") + 100);
  REQUIRE(embedded.until([&] { return embedded.ready == 2; }));
  ask(config, {"EVAL", "redis.call('SET', 'after', 1) redis.call('SET', 'later', 1)", "0"});
  kill_it();
  REQUIRE(embedded.until([&] { return embedded.ready == 3; }));
  CHECK(ask(config, {"GET", "before"}) == "1");
  CHECK(ask(config, {"GET", "later"}) == "1");
  CHECK(ask(config, {"GET", "first"}) == "");
  CHECK(ask(config, {"GET", "second"}) == "");
  embedded.stop();
}

TEST_CASE("embedded redis: durability always is Redis' own fsync before every answer") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  config.durability = "always";
  Embedded embedded(config);
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  CHECK(ask(config, {"CONFIG", "GET", "appendfsync"}) == "always");
  embedded.stop();
}

TEST_CASE("embedded redis: killed while the disk is busy, it has lost nothing it acknowledged") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  Embedded embedded(config);
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  // With `appendfsync everysec` Redis answers from memory while an fsync runs: let it run long.
  std::atomic<bool> enough{false};
  std::thread load([&] {
    while (!enough) {
      UniqueFd fd(open((dir / "load").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      std::string megabyte(1 << 20, 'x');
      for (int i = 0; i < 32 && !enough; ++i) {
        (void)!write(fd.get(), megabyte.data(), megabyte.size());
      }
      (void)fdatasync(fd.get());
    }
  });
  auto client = redis::Client::connect(config.redis, kSoon, "test");
  REQUIRE(client);
  int64_t acknowledged = 0;
  for (MonoTime end = now_mono() + milliseconds{2200}; now_mono() < end;) {
    acknowledged = client->run(plain({"INCR", "n"}))->view().integer();
  }
  kill(embedded.redis.pid(), SIGKILL);
  enough = true;
  load.join();
  REQUIRE(embedded.until([&] { return embedded.ready == 2; }));
  CHECK(ask(config, {"GET", "n"}) == std::to_string(acknowledged));
  embedded.stop();
}

TEST_CASE("embedded redis: stopped while it starts, and stopped when stopped, ends well") {
  test::TempDir dir;
  Embedded embedded(embedded_config(dir.path()));
  REQUIRE(embedded.until([&] { return embedded.redis.pid() > 0; }));
  embedded.stop();
  embedded.stop();
  CHECK(embedded.ready == 0);
}

TEST_CASE("embedded redis: a frozen server is stopped all the same") {
  test::TempDir dir;
  Embedded embedded(embedded_config(dir.path()));
  REQUIRE(embedded.until([&] { return embedded.ready == 1; }));
  kill(embedded.redis.pid(), SIGSTOP);
  MonoTime start = now_mono();
  embedded.stop();
  CHECK(now_mono() - start < milliseconds{20'000});  // by TERM: KILL comes then
}

TEST_CASE("embedded redis: what keeps it from starting is one clear line") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  SECTION("a folder that cannot be made") {
    test::write_file(dir / "redis", "a file");
    Embedded embedded(config);
    REQUIRE(embedded.until([&] { return embedded.failed.has_value(); }));
    CHECK(embedded.failed->message.find(dir / "redis") != std::string::npos);
  }
  SECTION("a value that redis-server refuses") {
    config.maxmemory = -1;
    Embedded embedded(config);
    REQUIRE(embedded.until([&] { return embedded.failed.has_value(); }));
    CHECK(embedded.failed->message.find("exited with code 1") != std::string::npos);
    CHECK(embedded.failed->message.find("maxmemory -1") != std::string::npos);
  }
  SECTION("a socket path beyond what the kernel takes") {
    config.redis.socket = "/" + std::string(120, 'x');
    Embedded embedded(config);
    REQUIRE(embedded.until([&] { return embedded.failed.has_value(); }));
    CHECK(embedded.failed->code == ErrorCode::kConfig);
  }
}

TEST_CASE("embedded redis: never two servers in one folder") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  Embedded first(config);
  REQUIRE(first.until([&] { return first.ready == 1; }));
  Embedded second(config);
  MonoTime later = now_mono() + milliseconds{300};
  REQUIRE(second.until([&] { return now_mono() > later; }));
  CHECK(second.redis.pid() == -1);
  first.stop();
  REQUIRE(second.until([&] { return second.ready == 1; }));
  second.stop();
}

TEST_CASE("embedded redis: it ends when the daemon is killed, and the next one takes over") {
  test::TempDir dir;
  auto config = embedded_config(dir.path());
  test::DaemonOptions options;
  options.state_dir = dir.path();
  test::Daemon daemon(options);
  CHECK(daemon.redis({"SET", "k", "kept"}) == "OK");
  pid_t server = daemon.redis_pid();
  daemon.kill9();

  Embedded next(config);
  REQUIRE(next.until([&] { return next.ready == 1; }));
  CHECK(ask(config, {"GET", "k"}) == "kept");
  CHECK(test::eventually(kSoon, [&] { return !test::alive(server); }));  // its lock goes first
  next.stop();
}
