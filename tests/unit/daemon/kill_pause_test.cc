#include "daemon/kill_pause.h"

#include <vector>

#include <catch2/catch.hpp>

using namespace stint;
using control::EntryCopy;
using control::EntryState;

namespace {

EntryCopy entry(EntryState state, int64_t dead_by_ms) {
  EntryCopy one{};
  one.state = state;
  one.dead_by = MonoTime{} + milliseconds(dead_by_ms);
  return one;
}

MonoTime at(int64_t ms) {
  return MonoTime{} + milliseconds(ms);
}

}  // namespace

TEST_CASE("kill pause: a worker has half a second between TERM and KILL") {
  CHECK(term_to_kill({}, at(1'000)) == milliseconds(500));
  std::vector<EntryCopy> held{entry(EntryState::kStarted, 9'000), entry(EntryState::kStarted, 0)};
  CHECK(term_to_kill(held, at(1'000)) == milliseconds(500));
}

// A timeout whose grace ends shortly before the lease does.
TEST_CASE("kill pause: no attempt outlives its lease for it, and not only the one that is blamed") {
  std::vector<EntryCopy> held{entry(EntryState::kStarted, 9'000),
                              entry(EntryState::kStarted, 1'120)};
  CHECK(term_to_kill(held, at(1'000)) == milliseconds(120));
  CHECK(term_to_kill(held, at(1'120)) == milliseconds(1));
  CHECK(term_to_kill(held, at(5'000)) == milliseconds(1));
}

TEST_CASE("kill pause: what has not started or has ended may outlive its lease") {
  std::vector<EntryCopy> held{entry(EntryState::kClaimed, 1'120), entry(EntryState::kEnded, 1'120)};
  CHECK(term_to_kill(held, at(1'000)) == milliseconds(500));
}
