#include "daemon/output_relay.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include <catch2/catch.hpp>

#include "common/clock.h"
#include "common/control/printed.h"
#include "tests/support/eventually.h"
#include "tests/support/loop.h"

using namespace stint;

namespace {

// A worker's ends of its pipes and recorder, and what it got for the jobs' logs.
struct Relayed {
  struct Given {
    uint32_t entry;
    uint64_t token, number;
    std::string lines;
  };
  test::Loop loop;
  control::FlightRecorder recorder = control::FlightRecorder::create(1).value();
  UniqueFd out, err;
  std::vector<Given> given;
  std::unique_ptr<OutputRelay> relay;

  explicit Relayed(bool job_log = true) {
    UniqueFd out_read = make(out);
    UniqueFd err_read = make(err);
    OutputRelay::Options options{"w", nullptr};
    if (job_log) {
      options.hand_back = [this](std::string_view payload) {
        auto printed = control::parse_printed(payload);
        REQUIRE(printed);
        given.push_back(
            {printed->entry, printed->token, printed->number, std::string(printed->lines)});
      };
    }
    relay = std::make_unique<OutputRelay>(loop.get(), std::move(out_read), std::move(err_read),
                                          recorder, std::move(options));
  }
  static UniqueFd make(UniqueFd& write_end) {
    std::array<int, 2> fds{};
    REQUIRE(pipe2(fds.data(), O_CLOEXEC) == 0);
    write_end.reset(fds[1]);
    return UniqueFd(fds[0]);
  }
  static void print(const UniqueFd& fd, std::string_view text) {
    REQUIRE(write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  int start_job(const std::string& id, uint64_t token = 7) {
    int entry = recorder.claim(0, id, token, 3, Limits{});
    recorder.start(entry, 0, now_wall_ms());
    recorder.table().printing.store(entry);
    return entry;
  }
  bool until_given(size_t frames) {
    return loop.run_until(test::kSoon, [&] { return given.size() >= frames; });
  }
  void turn() {
    (void)loop.run_until(milliseconds(50), [] { return false; });
  }
};

std::vector<std::string> texts(const std::vector<OutputRelay::Lines>& sent) {
  std::vector<std::string> out;
  for (const auto& one : sent) {
    for (const auto& line : one.batch.lines) {
      out.push_back(one.batch.id + ":" + line.substr(line.find(' ') + 1));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("output relay: lines of a running job go back to its worker, of no job nowhere") {
  Relayed relayed;
  Relayed::print(relayed.out, "before\n");
  relayed.turn();
  REQUIRE(relayed.given.empty());
  int entry = relayed.start_job("job");
  Relayed::print(relayed.out, "hello\n\nand on\n");
  REQUIRE(relayed.until_given(1));
  CHECK(relayed.given[0].lines == "hello\n\nand on\n");
  CHECK(relayed.given[0].entry == static_cast<uint32_t>(entry));
  CHECK(relayed.given[0].token == 7);
  CHECK(relayed.given[0].number == 1);
}

TEST_CASE("output relay: lines are of the job that prints, whether it runs or has ended") {
  Relayed relayed;
  int first = relayed.start_job("first", 7);
  relayed.recorder.end(first, 0);
  Relayed::print(relayed.out, "late\n");
  REQUIRE(relayed.until_given(1));
  relayed.start_job("second", 8);
  Relayed::print(relayed.out, "next\n");
  REQUIRE(relayed.until_given(2));
  CHECK(relayed.given[0].token == 7);
  CHECK(relayed.given[1].token == 8);
  // Nobody's: the worker says so, or the entry has gone to a job that has not started.
  relayed.recorder.table().printing.store(-1);
  Relayed::print(relayed.out, "nobody's\n");
  relayed.turn();
  relayed.recorder.free(first);
  REQUIRE(relayed.recorder.claim(0, "third", 9, 1, Limits{}) >= 0);
  relayed.recorder.table().printing.store(first);
  Relayed::print(relayed.out, "nobody's either\n");
  relayed.turn();
  CHECK(relayed.given.size() == 2);
}

TEST_CASE("output relay: when the worker asks, all is read, and lines without an end end there") {
  Relayed relayed;
  auto& seen = relayed.recorder.table().output_seen;
  relayed.start_job("job");
  Relayed::print(relayed.out, "one\nand no newl");
  REQUIRE(relayed.until_given(1));
  CHECK(seen.load() == 1);
  Relayed::print(relayed.out, "ine");
  Relayed::print(relayed.err, "beside");
  relayed.relay->read_now();
  CHECK(seen.load() == 0);
  REQUIRE(relayed.given.size() == 2);
  CHECK(relayed.given[1].lines == "and no newline\nbeside\n");
}

TEST_CASE(
    "output relay: what a dead worker left in its pipes is returned, the last line without its end "
    "too") {
  Relayed relayed;
  relayed.start_job("job");
  Relayed::print(relayed.out, "last words\nand no newl");
  relayed.out.reset();
  auto left = relayed.relay->finish();
  CHECK(texts(left) == std::vector<std::string>{"job:3 last words", "job:3 and no newl"});
  CHECK(relayed.given.empty());
}

TEST_CASE("output relay: what a dead worker had not taken is returned, and nothing else") {
  Relayed relayed;
  relayed.start_job("job");
  for (const char* line : {"taken\n", "on its way\n", "the same\n"}) {
    Relayed::print(relayed.out, line);
    size_t before = relayed.given.size();
    REQUIRE(relayed.until_given(before + 1));
  }
  relayed.recorder.table().prints_taken.store(1);
  CHECK(texts(relayed.relay->finish()) ==
        std::vector<std::string>{"job:3 on its way", "job:3 the same"});
}

TEST_CASE("output relay: a flood is dropped beyond the limit and stays bounded") {
  Relayed relayed;
  relayed.start_job("job");
  std::string flood;
  for (int i = 0; i < 4000; ++i) {
    flood += "line\n";
  }
  for (int i = 0; i < 3; ++i) {
    Relayed::print(relayed.out, flood.substr(0, 20'000));
    relayed.turn();
  }
  size_t lines = texts(relayed.relay->finish()).size();
  CHECK(lines >= 1000);
  CHECK(lines < 2000);
}

TEST_CASE("output relay: with several slots nothing goes to a job's log") {
  Relayed relayed(false);
  relayed.start_job("job");
  Relayed::print(relayed.out, "hello\n");
  relayed.turn();
  CHECK(relayed.relay->finish().empty());
  CHECK(relayed.given.empty());
}
