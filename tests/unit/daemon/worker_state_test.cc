#include "daemon/worker_state.h"

#include <array>
#include <optional>

#include <catch2/catch.hpp>

using namespace stint;
using S = WorkerState;
using E = WorkerEvent;

namespace {

struct Arrow {
  S from;
  E event;
  std::optional<S> to;
};

// All pairs, so that a new state or event cannot be forgotten here.
constexpr std::array<Arrow, 25> kArrows{{
    {S::kStarting, E::kReady, S::kRunning},  {S::kStarting, E::kFailed, S::kStarting},
    {S::kStarting, E::kStop, S::kStopping},  {S::kStarting, E::kKill, S::kKilling},
    {S::kStarting, E::kExit, S::kSettled},   {S::kRunning, E::kReady, std::nullopt},
    {S::kRunning, E::kFailed, std::nullopt}, {S::kRunning, E::kStop, S::kStopping},
    {S::kRunning, E::kKill, S::kKilling},    {S::kRunning, E::kExit, S::kSettled},
    {S::kStopping, E::kReady, S::kStopping}, {S::kStopping, E::kFailed, S::kStopping},
    {S::kStopping, E::kStop, S::kStopping},  {S::kStopping, E::kKill, S::kKilling},
    {S::kStopping, E::kExit, S::kSettled},   {S::kKilling, E::kReady, S::kKilling},
    {S::kKilling, E::kFailed, S::kKilling},  {S::kKilling, E::kStop, S::kKilling},
    {S::kKilling, E::kKill, std::nullopt},   {S::kKilling, E::kExit, S::kSettled},
    {S::kSettled, E::kReady, std::nullopt},  {S::kSettled, E::kFailed, std::nullopt},
    {S::kSettled, E::kStop, std::nullopt},   {S::kSettled, E::kKill, std::nullopt},
    {S::kSettled, E::kExit, std::nullopt},
}};

}  // namespace

TEST_CASE("worker state: every pair of state and event") {
  for (const auto& arrow : kArrows) {
    INFO(to_string(arrow.from) << " " << to_string(arrow.event));
    CHECK(next(arrow.from, arrow.event) == arrow.to);
  }
}

TEST_CASE("worker state: whatever lives can be seen to exit, and nothing leaves settled") {
  for (const auto& arrow : kArrows) {
    if (arrow.from == S::kSettled) {
      CHECK_FALSE(next(arrow.from, arrow.event));
    } else {
      CHECK(next(arrow.from, E::kExit) == S::kSettled);
    }
  }
}
