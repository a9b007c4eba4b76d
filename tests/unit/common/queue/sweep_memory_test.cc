#include "common/queue/sweep_memory.h"

#include <catch2/catch.hpp>

using namespace stint;

namespace {

constexpr milliseconds kInterval{2'000};

// A sweeper that looks every two seconds at one attempt.
struct Watching {
  SweepMemory memory;
  MonoTime now{1'000'000'000'000};

  bool pass(std::string_view value, std::string_view mark) {
    memory.look(now, kInterval);
    memory.begin_pass();
    bool suspect = memory.observe("job", value, mark, now).suspect();
    memory.end_pass();
    return suspect;
  }
  void sleep(milliseconds time) { now = now + time; }
};

}  // namespace

TEST_CASE("sweep memory: suspect only after a whole lease of looks without a change") {
  Watching sweeper;
  int looks = 0;
  while (!sweeper.pass("7 w 1 30000 0 3 1000 ", "100")) {
    sweeper.sleep(kInterval);
    ++looks;
    REQUIRE(looks <= 15);
  }
  CHECK(looks == 15);
}

TEST_CASE("sweep memory: a renewal, or another attempt of the same job, begins anew") {
  Watching sweeper;
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(sweeper.pass("7 w 1 30000 0 3 1000 ", std::to_string(i / 10)));
    sweeper.sleep(kInterval);
  }
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(sweeper.pass(std::to_string(i / 10), "9"));
    sweeper.sleep(kInterval);
  }
}

TEST_CASE("sweep memory: a sweeper that was late itself forgets what it saw") {
  Watching sweeper;
  CHECK_FALSE(sweeper.pass("v", "m"));
  sweeper.sleep(milliseconds(60'000));
  CHECK_FALSE(sweeper.pass("v", "m"));
  sweeper.sleep(milliseconds(3'900));  // late, but within the margin
  CHECK_FALSE(sweeper.pass("v", "m"));
  CHECK(sweeper.memory.size() == 1);
}

TEST_CASE("sweep memory: what was not seen in a pass is forgotten") {
  Watching sweeper;
  CHECK_FALSE(sweeper.pass("v", "m"));
  sweeper.memory.begin_pass();
  sweeper.memory.end_pass();
  CHECK(sweeper.memory.size() == 0);
}

TEST_CASE(
    "sweep memory: an attempt has the lease that its value names, one that cannot be read 30 s") {
  SweepMemory memory;
  MonoTime now{1'000'000'000'000};
  auto seen = memory.observe("short", "7 w 1 500 0 3 1000 ", "", now);
  CHECK(seen.changed);
  CHECK(seen.left == milliseconds{500});
  seen = memory.observe("short", "7 w 1 500 0 3 1000 ", "", now + milliseconds{499});
  CHECK_FALSE(seen.changed);
  CHECK_FALSE(seen.suspect());
  CHECK(memory.observe("short", "7 w 1 500 0 3 1000 ", "", now + milliseconds{500}).suspect());
  CHECK(memory.observe("unreadable", "garbage", "", now).left == milliseconds{30'000});
}

TEST_CASE("sweep memory: it says when it was late") {
  SweepMemory memory;
  MonoTime now{1'000'000'000'000};
  CHECK(memory.look(now, milliseconds{0}));
  CHECK(memory.look(now + milliseconds{3'000}, milliseconds{1'000}));
  CHECK_FALSE(memory.look(now + milliseconds{6'001}, milliseconds{1'000}));
  CHECK(memory.size() == 0);
}
