#include "common/control/flight_recorder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include <catch2/catch.hpp>

using namespace stint;
using namespace stint::control;

namespace {

FlightRecorder new_recorder(uint32_t slots = 2) {
  auto made = FlightRecorder::create(slots);
  REQUIRE(made.ok());
  return std::move(made).value();
}

}  // namespace

TEST_CASE("recorder: what the worker claims, starts and ends is what the supervisor reads") {
  FlightRecorder supervisor = new_recorder();
  auto attached = FlightRecorder::attach(::dup(supervisor.fd()));
  REQUIRE(attached.ok());
  FlightRecorder worker = std::move(attached).value();

  Limits limits;
  limits.retries = 4;
  limits.crash_limit = 2;
  limits.backoff = Backoff{-500};
  limits.keep = milliseconds(1234);
  int first = worker.claim(1, "job-a", 77, 3, limits);
  int second = worker.claim(0, "job-b", 78, 1, Limits{});
  REQUIRE(first >= 0);
  REQUIRE(second >= 0);
  worker.set_kill_at(first, MonoTime{9'000}, 3, MonoTime{9'500});
  worker.start(first, 1, 1'700'000'000'000);

  auto held = supervisor.held();
  REQUIRE(held.size() == 2);
  CHECK(held[0].id == "job-a");
  CHECK(held[0].state == EntryState::kStarted);
  CHECK(held[0].queue == 1);
  CHECK(held[0].token == 77);
  CHECK(held[0].attempt == 3);
  CHECK(held[0].limits.retries == 4);
  CHECK(held[0].limits.crash_limit == 2);
  CHECK(held[0].limits.backoff == Backoff{-500});
  CHECK(held[0].limits.keep == milliseconds(1234));
  CHECK(held[0].kill_at == MonoTime{9'000});
  CHECK(held[0].dead_by == MonoTime{9'500});
  CHECK(held[0].kill_kind == 3);
  CHECK(held[0].started_wall_ms == 1'700'000'000'000);
  CHECK(held[1].state == EntryState::kClaimed);
  CHECK(supervisor.table().running[1].load() == first);

  worker.end(first, 1);
  CHECK(supervisor.held()[0].state == EntryState::kEnded);
  CHECK(supervisor.held()[0].kill_at == MonoTime{});
  CHECK(supervisor.table().running[1].load() == -1);
  worker.free(first);
  worker.free(second);
  CHECK(supervisor.held().empty());
}

TEST_CASE("recorder: a start that is taken back leaves a claimed job that nobody is to kill") {
  FlightRecorder recorder = new_recorder();
  int entry = recorder.claim(0, "job", 7, 1, Limits{});
  recorder.set_kill_at(entry, MonoTime{9'000}, 3, MonoTime{9'500});
  recorder.start(entry, 1, 1);
  recorder.unstart(entry, 1);
  CHECK(recorder.held().at(0).state == EntryState::kClaimed);
  CHECK(recorder.held().at(0).kill_at == MonoTime{});
  CHECK(recorder.table().running[1].load() == -1);
}

TEST_CASE("recorder: a full table refuses, and a freed entry serves again") {
  FlightRecorder recorder = new_recorder();
  for (uint32_t i = 0; i < kEntries; ++i) {
    REQUIRE(recorder.claim(0, "j" + std::to_string(i), 1, 1, Limits{}) >= 0);
  }
  CHECK(recorder.claim(0, "one more", 1, 1, Limits{}) == -1);
  recorder.free(17);
  CHECK(recorder.claim(0, "one more", 1, 1, Limits{}) == 17);
  CHECK(recorder.held().size() == kEntries);
}

TEST_CASE("recorder: an id of the longest kind is kept whole") {
  FlightRecorder recorder = new_recorder();
  std::string id(kMaxIdBytes, 'x');
  REQUIRE(recorder.claim(0, id, 1, 1, Limits{}) >= 0);
  CHECK(recorder.held().at(0).id == id);
}

TEST_CASE("recorder: a table that was scribbled over yields fewer entries, never a crash") {
  FlightRecorder recorder = new_recorder();
  std::mt19937 random(20261120);
  auto* bytes = reinterpret_cast<unsigned char*>(&recorder.table());
  for (int round = 0; round < 50; ++round) {
    for (size_t i = 0; i < sizeof(RecorderTable); ++i) {
      bytes[i] = static_cast<unsigned char>(random());
    }
    for (auto& entry : recorder.table().entries) {
      entry.state.store(static_cast<uint32_t>(random() % 5));
    }
    for (const EntryCopy& copy : recorder.held()) {
      CHECK(copy.id.size() <= kMaxIdBytes);
    }
    std::string text = recorder.crash_text();
    CHECK(text.size() <= kCrashText);
    CHECK(text.find('\0') == std::string::npos);
  }
}

TEST_CASE("recorder: one field out of its bounds loses that entry and no other") {
  FlightRecorder recorder = new_recorder();
  int good = recorder.claim(0, "good", 5, 1, Limits{});
  int bad = recorder.claim(0, "bad", 5, 1, Limits{});
  REQUIRE(good >= 0);
  recorder.table().entries[static_cast<size_t>(bad)].id_size = 1'000'000;
  auto held = recorder.held();
  REQUIRE(held.size() == 1);
  CHECK(held[0].id == "good");
}

TEST_CASE("recorder: what is no table of this version is refused") {
  FlightRecorder recorder = new_recorder();
  recorder.table().version = 99;
  CHECK_FALSE(FlightRecorder::attach(::dup(recorder.fd())).ok());
  CHECK_FALSE(FlightRecorder::attach(::open("/dev/null", O_RDWR | O_CLOEXEC)).ok());
  CHECK_FALSE(FlightRecorder::attach(-1).ok());
}

TEST_CASE("recorder: the table cannot be shrunk under its reader") {
  FlightRecorder recorder = new_recorder();
  CHECK(::ftruncate(recorder.fd(), 0) != 0);
}

TEST_CASE("recorder: the crash text is printable") {
  FlightRecorder recorder = new_recorder();
  std::string text = "frame 1\nfra\x1bme 2";
  std::memcpy(recorder.table().crash_text.data(), text.data(), text.size());
  recorder.table().crash_size.store(static_cast<uint32_t>(text.size()));
  CHECK(recorder.crash_text() == "frame 1\nfra?me 2");
}
