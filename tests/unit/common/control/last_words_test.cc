#include "common/control/last_words.h"

#include <cstring>
#include <memory>
#include <random>

#include <catch2/catch.hpp>

#include "common/control/flight_recorder.h"

using namespace stint;
using namespace stint::control;

TEST_CASE("last words: what was noted is read in its order, with whose it is") {
  auto words = std::make_unique<LastWords>();
  words->note(3, 77, 1, "10 1 one");
  words->note(4, 78, 9, "");
  words->note(3, 77, 2, "11 1 two");
  std::vector<Word> read;
  words->read(read);
  REQUIRE(read.size() == 3);
  CHECK(read[0].entry == 3);
  CHECK(read[0].token == 77);
  CHECK(read[0].number == 1);
  CHECK(read[0].line == "10 1 one");
  CHECK(read[1].entry == 4);
  CHECK(read[1].number == 9);
  CHECK(read[1].line.empty());
  CHECK(read[2].line == "11 1 two");
}

TEST_CASE("last words: of much the newest are there, a page of them at least") {
  auto words = std::make_unique<LastWords>();
  for (uint64_t number = 1; number <= 10'000; ++number) {
    words->note(0, 1, number, std::string(number % 300, 'x'));
    std::vector<Word> read;
    if (number % 97 == 0 || number == 10'000) {
      words->read(read);
      size_t bytes = 0;
      for (size_t i = 0; i < read.size(); ++i) {
        REQUIRE(read[i].number == number - read.size() + 1 + i);
        REQUIRE(read[i].line.size() == read[i].number % 300);
        bytes += read[i].line.size() + 24;
      }
      CHECK(bytes <= 2 * kWordsPage);
      CHECK((read[0].number == 1 || bytes >= kWordsPage - 400));
    }
  }
}

TEST_CASE(
    "last words: a page that was scribbled over yields what is bounded, and can be noted on") {
  auto words = std::make_unique<LastWords>();
  std::mt19937 random(20261122);
  auto* bytes = reinterpret_cast<unsigned char*>(words.get());
  for (int round = 0; round < 50; ++round) {
    words->note(1, 2, 3, "after");
    for (size_t i = 0; i < sizeof(LastWords); i += 1 + random() % 64) {
      bytes[i] = static_cast<unsigned char>(random());
    }
    std::vector<Word> read;
    words->read(read);
    for (const Word& word : read) {
      CHECK(word.line.size() <= kWordsPage);
    }
  }
}

TEST_CASE("recorder: each slot has its last words, read on the other side") {
  auto supervisor = FlightRecorder::create(2).value();
  auto worker = FlightRecorder::attach(::dup(supervisor.fd())).value();
  worker.last_words(1).note(5, 6, 1, "1 1 second slot");
  worker.last_words(0).note(7, 8, 1, "1 1 first slot");
  auto words = supervisor.last_words();
  REQUIRE(words.size() == 2);
  CHECK(words[0].line == "1 1 first slot");
  CHECK(words[1].entry == 5);
}
