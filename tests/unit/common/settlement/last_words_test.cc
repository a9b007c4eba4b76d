#include "common/settlement/last_words.h"

#include <catch2/catch.hpp>

using namespace stint;

namespace {

Obituary dead_with(std::vector<control::Word> words) {
  Obituary dead;
  dead.queues = {"a", "b"};
  control::EntryCopy entry{};
  entry.index = 4;
  entry.queue = 1;
  entry.token = 9;
  entry.id = "job";
  dead.held.push_back(entry);
  dead.words = std::move(words);
  return dead;
}

// The arguments behind prefix and script: id, token, progress, first, count, lines.
std::vector<std::string> sent(const Obituary& dead) {
  auto commands = last_words("stint", dead);
  if (commands.empty()) {
    return {};
  }
  REQUIRE(commands.size() == 1);
  return commands[0].args;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("last words: lines of an attempt that the dead worker held go to its job, numbered") {
  CHECK(sent(dead_with({{4, 9, 1, "10 1 one"}, {4, 9, 2, "11 1 two"}})) ==
        Words{"job", "9", "", "1", "2", "10 1 one", "11 1 two"});
}

TEST_CASE("last words: those of an earlier attempt, another entry or no entry are nobody's") {
  CHECK(sent(dead_with({{4, 8, 1, "10 1 x"}, {5, 9, 1, "10 1 x"}, {4'000'000, 9, 1, "10 1 x"}}))
            .empty());
  CHECK(sent(dead_with({})).empty());
}

TEST_CASE("last words: where the first is not there, the line before it says so") {
  auto args = sent(dead_with({{4, 9, 7, "10 2 seven"}, {4, 9, 8, "10 2 eight"}}));
  CHECK(args == Words{"job", "9", "", "6", "3",
                      "10 2 [lines up to number 6 of this attempt were lost with its worker]",
                      "10 2 seven", "10 2 eight"});
}

TEST_CASE("last words: what no worker writes is left out, and bytes are made harmless") {
  CHECK(sent(dead_with({{4, 9, 1, "no stamp"},
                        {4, 9, 0, "10 1 number"},
                        {4, 9, UINT64_MAX, "10 1 number"},
                        {4, 9, 1, "10  space"},
                        {4, 9, 1, "10 1"},
                        {4, 9, 1, "1234567890123456 1 time"},
                        {4, 9, 1, "10 1 a\nb\xff"},
                        {4, 9, 3, "10 1 out of order"},
                        {4, 9, 1, "10 1 twice"}})) ==
        Words{"job", "9", "", "1", "1", "10 1 a b\xef\xbf\xbd"});
}
