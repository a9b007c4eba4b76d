#include "daemon/roll.h"

#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

// Writes down what a roll asks for.
struct Recorded {
  std::vector<std::string> steps;
  std::optional<size_t> cannot_start;

  stint::Roll roll(size_t from, size_t to) {
    stint::Roll::Steps asked;
    asked.start = [this](size_t post) {
      steps.push_back("start " + std::to_string(post));
      return cannot_start != post;
    };
    asked.retire = [this](size_t post) { steps.push_back("retire " + std::to_string(post)); };
    asked.end = [this](bool all) { steps.emplace_back(all ? "all" : "stopped"); };
    return {from, to, std::move(asked)};
  }
};

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("roll: one replacement after the other, each when the one before is ready") {
  Recorded recorded;
  auto roll = recorded.roll(2, 2);
  roll.begin();
  CHECK(recorded.steps == Steps{"start 0"});
  roll.ready(0);
  CHECK(recorded.steps == Steps{"start 0", "start 1"});
  roll.ready(1);
  CHECK(recorded.steps == Steps{"start 0", "start 1", "all"});
}

TEST_CASE("roll: a refused replacement stops it, the other posts stay") {
  Recorded recorded;
  auto roll = recorded.roll(3, 3);
  roll.begin();
  roll.refused(0);
  CHECK(recorded.steps == Steps{"start 0", "stopped"});
}

TEST_CASE("roll: a replacement that cannot be started stops it") {
  Recorded recorded;
  recorded.cannot_start = 1;
  auto roll = recorded.roll(3, 3);
  roll.begin();
  roll.ready(0);
  CHECK(recorded.steps == Steps{"start 0", "start 1", "stopped"});
}

TEST_CASE("roll: fewer posts retire from the end, more are added") {
  Recorded fewer;
  auto down = fewer.roll(3, 1);
  down.begin();
  down.ready(0);
  CHECK(fewer.steps == Steps{"start 0", "retire 2", "retire 1", "all"});
  Recorded more;
  auto up = more.roll(1, 2);
  up.begin();
  up.ready(0);
  up.ready(1);
  CHECK(more.steps == Steps{"start 0", "start 1", "all"});
}
