#include <set>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "common/clock.h"
#include "common/job/spec.h"

using namespace stint;

TEST_CASE("job id: a UUIDv7 of now") {
  const int64_t before = now_wall_ms();
  const std::string id = new_job_id();
  REQUIRE(id.size() == 36);
  CHECK(id[8] == '-');
  CHECK(id[13] == '-');
  CHECK(id[14] == '7');
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  const int64_t ms = std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
  CHECK(ms >= before);
  CHECK(ms < before + 60'000);
  CHECK(check_job_id(id).ok());
}

TEST_CASE("job id: later ids sort behind earlier ones, also thousands within a millisecond") {
  std::string last = new_job_id();
  for (int i = 0; i < 50'000; ++i) {
    std::string next = new_job_id();
    if (next <= last) {
      FAIL(last + " then " + next);
    }
    last = std::move(next);
  }
}

TEST_CASE("job id: threads never make the same one") {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 5'000; ++i) {
        mine.push_back(new_job_id());
      }
    });
  }
  std::set<std::string> all;
  for (size_t i = 0; i < threads.size(); ++i) {
    threads[i].join();
    all.insert(made[i].begin(), made[i].end());
  }
  CHECK(all.size() == 20'000);
}
