#include "daemon/state_dir.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"

using namespace stint;

TEST_CASE("state dir: it is made for us alone and our group") {
  test::TempDir dir;
  auto held = StateDir::lock(dir / "a/b");
  REQUIRE(held);
  struct stat status {};
  REQUIRE(stat((dir / "a/b").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0750);
  CHECK(test::read_file(dir / "a/b/stintd.lock") == std::to_string(getpid()) + "\n");
}

TEST_CASE("state dir: a second daemon is told who holds it, and gets it when that one is gone") {
  test::TempDir dir;
  std::optional<StateDir> first;
  {
    auto held = StateDir::lock(dir / "s");
    REQUIRE(held);
    first.emplace(std::move(*held));
  }
  auto second = StateDir::lock(dir / "s");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::kConflict);
  CHECK(second.error().message.find("pid " + std::to_string(getpid())) != std::string::npos);
  CHECK(second.error().message.find("its own --state-dir") != std::string::npos);
  first.reset();
  CHECK(StateDir::lock(dir / "s").ok());
}

TEST_CASE("state dir: one that cannot be made is an error that names it") {
  test::TempDir dir;
  test::write_file(dir / "file", "");
  auto held = StateDir::lock(dir / "file/s");
  REQUIRE_FALSE(held);
  CHECK(held.error().message.find(dir / "file/s") != std::string::npos);
}

TEST_CASE("state dir: a child that a killed daemon had just forked holds nobody up") {
  test::TempDir dir;
  pid_t daemon = fork();
  if (daemon == 0) {
    auto held = StateDir::lock(dir / "s");
    if (fork() == 0) {
      usleep(50'000);  // has not run its program yet
    }
    _exit(held ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(daemon, &status, 0) == daemon);
  REQUIRE(status == 0);
  CHECK(StateDir::lock(dir / "s").ok());
}
