// A `stint submit --bulk` that dies on its way: the same file again completes it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "common/unique_fd.h"
#include "tests/fault/steps.h"
#include "tests/support/paths.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("submit --bulk killed in the middle: the same file again queues the rest, none twice") {
  constexpr int64_t kJobs = 50'000;
  Daemon daemon;
  daemon.redis({"SET", key("paused"), "1"});  // what is queued stays to be counted
  std::string lines;
  for (int64_t i = 0; i < kJobs; ++i) {
    lines += R"({"task":"info","id":"j)" + std::to_string(i) + "\"}\n";
  }
  write_file(daemon / "jobs", lines);
  auto known = [&] { return std::stoll(daemon.redis({"HLEN", key("jobs")})); };
  {
    // From a pipe that holds its first lines and stays open: it cannot come to its end before.
    std::string pipe = daemon / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    UniqueFd feed(::open(pipe.c_str(), O_RDWR | O_CLOEXEC));
    constexpr size_t kFirst = 32'768;  // it holds twice that
    REQUIRE(::write(feed.get(), lines.data(), kFirst) == kFirst);
    Spawn call;
    call.argv = {bin_dir() + "/stint", "--config", daemon.config_file(), "submit", "--bulk", pipe};
    Process submit(call);
    REQUIRE(eventually(kSoon, [&] { return known() > 0; }));
    submit.kill9();
  }
  auto ended = daemon.stint({"--json", "submit", "--bulk", daemon / "jobs"});
  INFO(ended.out << ended.err);
  REQUIRE(ended.code == 0);
  int64_t before = std::stoll(json_at(ended.out, "/known"));
  int64_t added = std::stoll(json_at(ended.out, "/submitted"));
  CHECK(before > 0);
  CHECK(added > 0);  // it was the middle
  CHECK(before + added == kJobs);
  CHECK(known() == kJobs);
  CHECK(daemon.redis({"LLEN", key("pending")}) == std::to_string(kJobs));
  CHECK(daemon.redis({"LINDEX", key("pending"), "-1"}) == "j0");
  CHECK(daemon.redis({"LINDEX", key("pending"), "0"}) == "j" + std::to_string(kJobs - 1));
  daemon.expect_healthy();
  daemon.stop();
}
