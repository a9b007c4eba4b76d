#include "worker/batch_size.h"

#include <catch2/catch.hpp>

using namespace stint;
using namespace std::chrono_literals;

TEST_CASE("batch size: nothing is held back before the first job has ended") {
  CHECK(BatchSize().ahead(8) == 0);
}

TEST_CASE("batch size: five milliseconds of work are held back, a batch at most") {
  BatchSize size;
  size.add(1ms);
  CHECK(size.ahead(1) == 5);
  CHECK(size.ahead(4) == 20);
  BatchSize tiny;
  tiny.add(0ns);
  CHECK(tiny.ahead(1) == 100);
}

TEST_CASE("batch size: long jobs are not held back") {
  BatchSize size;
  size.add(6ms);
  CHECK(size.ahead(1) == 0);
}

TEST_CASE("batch size: one long job among short ones is forgotten after some dozens") {
  BatchSize size;
  for (int i = 0; i < 100; ++i) {
    size.add(10us);
  }
  size.add(1s);
  CHECK(size.ahead(1) == 0);
  int needed = 0;
  while (size.ahead(1) < 50 && needed < 200) {
    size.add(10us);
    ++needed;
  }
  CHECK(needed > 10);
  CHECK(needed < 120);
}

TEST_CASE("batch size: less is held back while some of a claim have to wait, but not too little") {
  BatchSize size;
  size.add(1us);
  size.note_claim(100, 80);
  CHECK(size.ahead(1) == 80);
  size.note_claim(60, 45);
  CHECK(size.ahead(1) == 60);
  for (int i = 0; i < 10; ++i) {
    size.note_claim(20, 10);
  }
  CHECK(size.ahead(1) == 25);
}

TEST_CASE("batch size: claims that are served in full bring it back, and no further") {
  BatchSize size;
  size.add(1us);
  size.note_claim(100, 50);
  CHECK(size.ahead(1) == 50);
  size.note_claim(25, 25);
  CHECK(size.ahead(1) == 52);
  for (int i = 0; i < 100; ++i) {
    size.note_claim(25, 25);
  }
  CHECK(size.ahead(1) == 100);
}

TEST_CASE("batch size: where most have to wait a worker asks for all it can, to get past them") {
  BatchSize size;
  size.add(1us);
  size.note_claim(100, 50);
  size.note_claim(50, 1);
  CHECK(size.ahead(1) == 100);
  size.note_claim(100, 0);
  CHECK(size.ahead(1) == 100);
}
