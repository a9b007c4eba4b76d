#include "worker/weighted_choice.h"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

using namespace stint;

namespace {

std::string picks(WeightedChoice& choice, std::vector<uint8_t> eligible, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    auto pick = choice.pick(eligible);
    text += pick ? static_cast<char>('a' + *pick) : '-';
  }
  return text;
}

}  // namespace

TEST_CASE("weighted choice: picks are in proportion and spread out") {
  WeightedChoice choice({5, 1, 1});
  CHECK(picks(choice, {1, 1, 1}, 7) == "aabacaa");
  CHECK(picks(choice, {1, 1, 1}, 7) == "aabacaa");
}

TEST_CASE("weighted choice: who is not eligible gets nothing and saves nothing up") {
  WeightedChoice choice({1, 1});
  CHECK(picks(choice, {0, 1}, 5) == "bbbbb");
  CHECK(picks(choice, {1, 1}, 4) == "abab");
  CHECK(picks(choice, {0, 0}, 1) == "-");
}

TEST_CASE("weighted choice: over a long run every queue gets its share to the pick") {
  WeightedChoice choice({1000, 10, 1});
  std::string text = picks(choice, {1, 1, 1}, 1011 * 3);
  CHECK(std::count(text.begin(), text.end(), 'a') == 3000);
  CHECK(std::count(text.begin(), text.end(), 'b') == 30);
  CHECK(std::count(text.begin(), text.end(), 'c') == 3);
}
