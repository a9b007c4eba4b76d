#include "worker/job_log.h"

#include <catch2/catch.hpp>

#include "common/job/limits.h"

using namespace stint;

TEST_CASE("job log: lines bear time and attempt, a text of several lines is several") {
  JobLog log;
  log.add(1000, 2, "one\ntwo\n");
  auto taken = log.take();
  CHECK(taken.lines == std::vector<std::string>{"1000 2 one", "1000 2 two"});
  CHECK_FALSE(taken.progress.has_value());
  CHECK(log.empty());
}

TEST_CASE("job log: control characters and broken UTF-8 are made harmless, long lines cut") {
  JobLog log;
  log.add(1, 1, "a\x1b[31mb\xff");
  log.add(1, 1, std::string(20'000, 'x'));
  auto lines = log.take().lines;
  CHECK(lines[0] == "1 1 a [31mb\xef\xbf\xbd");
  CHECK(lines[1].size() <= kMaxLogLine + 4);
}

TEST_CASE("job log: it is bounded, the newest lines stay and the loss is said") {
  JobLog log;
  for (int i = 0; i < 10'000; ++i) {
    log.add(i, 1, "line " + std::to_string(i));
  }
  auto lines = log.take().lines;
  size_t bytes = 0;
  for (const auto& line : lines) {
    bytes += line.size();
  }
  CHECK(bytes <= kMaxJobLog + 200);
  CHECK(lines.back() == "9999 1 line 9999");
  CHECK_THAT(lines.front(), Catch::Matchers::Contains("lines dropped"));
}

TEST_CASE("job log: what comes back stands where it stood, with its numbers") {
  JobLog log;
  log.add(1, 1, "a\nb");
  auto one = log.take();
  log.add(2, 1, "c");
  auto two = log.take();
  log.add(3, 1, "d");
  CHECK(one.first == 1);
  CHECK(two.first == 3);
  log.put_back(std::move(one));  // in the order in which they were sent
  log.put_back(std::move(two));
  auto all = log.take();
  CHECK(all.first == 1);
  CHECK(all.lines == std::vector<std::string>{"1 1 a", "1 1 b", "2 1 c", "3 1 d"});
  log.add(4, 1, "e");
  CHECK(log.take().first == 5);
}

TEST_CASE("job log: dropped lines keep their numbers, whatever comes back") {
  JobLog log;
  log.add(1, 1, "early");
  auto early = log.take();
  for (int i = 0; i < 10'000; ++i) {
    log.add(i, 1, "line " + std::to_string(i));
  }
  log.put_back(std::move(early));
  for (int times = 0; times < 2; ++times) {
    auto taken = log.take();
    CHECK_THAT(taken.lines.front(), Catch::Matchers::Contains("lines dropped"));
    CHECK(taken.first + taken.lines.size() == 10'002);
    log.put_back(std::move(taken));
  }
}

TEST_CASE("job log: only the last progress counts, also after one came back") {
  JobLog log;
  log.set_progress("1");
  log.set_progress("2");
  log.add(1, 1, "first");
  auto taken = log.take();
  CHECK(taken.progress == "2");
  log.set_progress("3");
  log.add(2, 1, "second");
  log.put_back(std::move(taken));
  auto again = log.take();
  CHECK(again.progress == "3");
  CHECK(again.lines == std::vector<std::string>{"1 1 first", "2 1 second"});
}
