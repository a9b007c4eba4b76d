#include "daemon/output_relay.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include <catch2/catch.hpp>

#include "tests/support/loop.h"

using namespace stint;

namespace {

// A worker's ends of its pipes and recorder, and what the relay sent for the job's log.
struct Relayed {
  test::Loop loop;
  control::FlightRecorder recorder = control::FlightRecorder::create(1).value();
  UniqueFd out, err;
  std::vector<OutputRelay::Lines> sent;
  std::unique_ptr<OutputRelay> relay;

  explicit Relayed(bool job_log = true) {
    UniqueFd out_read = make(out);
    UniqueFd err_read = make(err);
    auto send = [this](std::vector<OutputRelay::Lines> lines) {
      for (auto& one : lines) {
        sent.push_back(std::move(one));
      }
    };
    relay = std::make_unique<OutputRelay>(loop.get(), std::move(out_read), std::move(err_read),
                                          recorder, OutputRelay::Options{"w", job_log, send});
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
  int start_job(const std::string& id) {
    int entry = recorder.claim(0, id, 7, 3, Limits{});
    recorder.start(entry, 0);
    return entry;
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

TEST_CASE("output relay: lines of a running job go to its log, of no job nowhere") {
  Relayed relayed;
  Relayed::print(relayed.out, "before\n");
  REQUIRE_FALSE(relayed.loop.run_until(milliseconds(50), [&] { return !relayed.sent.empty(); }));
  relayed.start_job("job");
  Relayed::print(relayed.out, "hello\n");
  REQUIRE(relayed.loop.run_until(milliseconds(2000), [&] { return !relayed.sent.empty(); }));
  CHECK(texts(relayed.sent) == std::vector<std::string>{"job:3 hello"});
  CHECK(relayed.sent[0].batch.token == 7);
}

TEST_CASE("output relay: after the first, lines that come soon after travel together") {
  Relayed relayed;
  relayed.start_job("job");
  Relayed::print(relayed.out, "one\n");
  REQUIRE(relayed.loop.run_until(milliseconds(2000), [&] { return relayed.sent.size() == 1; }));
  Relayed::print(relayed.out, "two\n");
  Relayed::print(relayed.out, "three\n");
  REQUIRE(relayed.loop.run_until(milliseconds(3000), [&] { return relayed.sent.size() == 2; }));
  CHECK(texts(relayed.sent) == std::vector<std::string>{"job:3 one", "job:3 two", "job:3 three"});
}

TEST_CASE("output relay: lines read after the task has returned are its, until another runs") {
  Relayed relayed;
  int first = relayed.start_job("first");
  relayed.recorder.end(first, 0);
  Relayed::print(relayed.out, "late\n");
  REQUIRE(relayed.loop.run_until(milliseconds(2000), [&] { return relayed.sent.size() == 1; }));
  relayed.start_job("second");
  Relayed::print(relayed.out, "next\n");
  REQUIRE(relayed.loop.run_until(milliseconds(2000), [&] { return relayed.sent.size() == 2; }));
  CHECK(texts(relayed.sent) == std::vector<std::string>{"first:3 late", "second:3 next"});
  relayed.recorder.end(1, 0);
  Relayed::print(relayed.out, "nobody's\n");
  (void)relayed.loop.run_until(milliseconds(50), [] { return false; });
  CHECK(relayed.relay->finish().empty());
  CHECK(relayed.sent.size() == 2);
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
  CHECK(relayed.sent.empty());
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
    (void)relayed.loop.run_until(milliseconds(20), [] { return false; });
  }
  auto left = relayed.relay->finish();
  size_t lines = texts(left).size() + texts(relayed.sent).size();
  CHECK(lines >= 1000);
  CHECK(lines < 2000);
}

TEST_CASE("output relay: with several slots nothing goes to a job's log") {
  Relayed relayed(false);
  relayed.start_job("job");
  Relayed::print(relayed.out, "hello\n");
  (void)relayed.loop.run_until(milliseconds(50), [] { return false; });
  CHECK(relayed.relay->finish().empty());
  CHECK(relayed.sent.empty());
}
