#include "worker/stock.h"

#include <array>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

using namespace stint;

TEST_CASE("stock: jobs are taken in the order in which they were put") {
  Stock stock([] {});
  std::array<uint32_t, 3> jobs{5, 3, 9};
  stock.put(jobs);
  CHECK(stock.next(std::nullopt, false) == 5u);
  CHECK(stock.next(5, false) == 3u);
  CHECK(stock.next(3, false) == 9u);
  std::vector<uint32_t> ended;
  std::vector<uint32_t> asked;
  stock.collect(ended, asked);
  CHECK(ended == std::vector<uint32_t>{5, 3});
}

TEST_CASE("stock: what was taken back goes to no slot, the rest keeps its order") {
  Stock stock([] {});
  std::array<uint32_t, 4> jobs{1, 2, 3, 4};
  stock.put(jobs);
  CHECK(stock.take_back([](uint32_t job) { return job % 2 == 0; }) == std::vector<uint32_t>{2, 4});
  CHECK(stock.next(std::nullopt, false) == 1u);
  CHECK(stock.next(std::nullopt, false) == 3u);
}

TEST_CASE("stock: the loop is woken for the last job, for a pile, for a long job, and else not") {
  int wakes = 0;
  Stock stock([&wakes] { ++wakes; });
  std::vector<uint32_t> jobs(100);
  stock.put(jobs);
  for (int i = 0; i < 31; ++i) {
    stock.next(i == 0 ? std::nullopt : std::optional<uint32_t>(0), false);
  }
  CHECK(wakes == 0);
  stock.next(0, true);
  CHECK(wakes == 1);
  stock.next(0, false);
  CHECK(wakes == 2);
  for (int i = 0; i < 30; ++i) {
    stock.next(0, false);
  }
  CHECK(wakes == 2);
}

TEST_CASE("stock: a slot that waits gets the next job, and ends when the stock is closed") {
  Stock stock([] {});
  std::atomic<int> got{0};
  std::thread slot([&] {
    std::optional<uint32_t> ended;
    while (auto job = stock.next(ended, false)) {
      ++got;
      ended = job;
    }
  });
  std::array<uint32_t, 1> job{1};
  for (int i = 0; i < 100; ++i) {
    stock.put(job);
  }
  while (got < 100) {
    std::this_thread::yield();
  }
  stock.close();
  slot.join();
  CHECK(got == 100);
}
