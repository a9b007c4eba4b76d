#include "common/settlement/obituary.h"

#include <signal.h>

#include <catch2/catch.hpp>

using namespace stint;
using control::EntryState;

namespace {

control::EntryCopy entry(const std::string& id, EntryState state, uint32_t queue = 0) {
  control::EntryCopy copy{};
  copy.id = id;
  copy.state = state;
  copy.queue = queue;
  copy.token = 7;
  copy.attempt = 2;
  copy.started_wall_ms = 1000;
  return copy;
}

Obituary death(std::vector<control::EntryCopy> held) {
  Obituary dead;
  dead.worker = "host-1-abc.1";
  dead.queues = {"default", "video"};
  dead.held = std::move(held);
  dead.exit = {0, SIGSEGV, true};
  dead.at_ms = 2000;
  return dead;
}

}  // namespace

TEST_CASE("obituary: a crash costs the attempt that ran, and nothing of the others") {
  auto dead = death({entry("ran", EntryState::kStarted), entry("waited", EntryState::kClaimed),
                     entry("ended", EntryState::kEnded)});
  dead.backtrace = "frame one\nframe two";
  auto plans = plan_settlement(dead);
  REQUIRE(plans.size() == 2);
  REQUIRE(plans[0].ended.size() == 1);
  const Ended& ended = plans[0].ended[0];
  CHECK(ended.id == "ran");
  CHECK(ended.token == 7);
  CHECK(ended.attempt == 2);
  CHECK(ended.kind == EndKind::kCrash);
  CHECK(ended.started_ms == 1000);
  CHECK(ended.finished_ms == 2000);
  CHECK(ended.body.find("killed by SIGSEGV (signal 11), core dumped") != std::string::npos);
  CHECK(ended.body.find("frame two") != std::string::npos);
  CHECK(ended.body.find("\"SIGSEGV\"") != std::string::npos);
  REQUIRE(plans[0].free.size() == 2);
  CHECK(plans[0].free[0].id == "waited");
  CHECK_FALSE(plans[0].free[0].interrupted);
  CHECK(plans[0].free[1].id == "ended");
  CHECK(plans[0].free[1].interrupted);  // a loss: perhaps the worker died of it
  CHECK(plans[1].ended.empty());
  CHECK(plans[1].free.empty());
}

TEST_CASE("obituary: a task that called exit has crashed, whatever the code") {
  auto dead = death({entry("ran", EntryState::kStarted)});
  dead.exit = {0, 0, false};
  auto plans = plan_settlement(dead);
  REQUIRE(plans[0].ended.size() == 1);
  CHECK(plans[0].ended[0].kind == EndKind::kCrash);
}

TEST_CASE("obituary: what had ended in a worker that stint killed is no loss") {
  auto dead = death({entry("ended", EntryState::kEnded)});
  dead.exit = {0, SIGKILL, false};
  dead.killed = true;
  auto plans = plan_settlement(dead);
  REQUIRE(plans[0].free.size() == 1);
  CHECK_FALSE(plans[0].free[0].interrupted);
}

TEST_CASE("obituary: what a worker held that was told to leave is no loss, a crash is one") {
  auto dead = death({entry("ended", EntryState::kEnded)});
  dead.exit = {0, 0, false};
  CHECK(plan_settlement(dead)[0].free.at(0).interrupted);
  dead.leaving = true;
  CHECK_FALSE(plan_settlement(dead)[0].free.at(0).interrupted);
  dead = death({entry("ran", EntryState::kStarted)});
  dead.leaving = true;
  CHECK(plan_settlement(dead)[0].ended.at(0).kind == EndKind::kCrash);
}

TEST_CASE("obituary: killed for one job, its neighbours go back uncounted") {
  auto dead =
      death({entry("hung", EntryState::kStarted), entry("neighbour", EntryState::kStarted)});
  dead.exit = {0, SIGKILL, false};
  dead.killed = true;
  dead.blamed = {{"hung", 7, EndKind::kTimeout}};
  auto plans = plan_settlement(dead);
  REQUIRE(plans[0].ended.size() == 1);
  CHECK(plans[0].ended[0].id == "hung");
  CHECK(plans[0].ended[0].kind == EndKind::kTimeout);
  REQUIRE(plans[0].free.size() == 1);
  CHECK(plans[0].free[0].id == "neighbour");
}

TEST_CASE(
    "obituary: who was to blame but has started another attempt since is not blamed for that") {
  auto dead = death({entry("again", EntryState::kStarted)});
  dead.killed = true;
  dead.blamed = {{"again", 6, EndKind::kCancelled}};
  auto plans = plan_settlement(dead);
  CHECK(plans[0].ended.empty());
  CHECK(plans[0].free.size() == 1);
}

TEST_CASE(
    "obituary: a stuck worker's attempts are lost, those killed at the end of a stop go back") {
  auto dead = death({entry("ran", EntryState::kStarted)});
  dead.killed = true;
  CHECK(plan_settlement(dead)[0].free.size() == 1);
  dead.stuck = true;
  auto plans = plan_settlement(dead);
  REQUIRE(plans[0].ended.size() == 1);
  CHECK(plans[0].ended[0].kind == EndKind::kLost);
}

TEST_CASE("obituary: an entry that a task scribbled on is left to close and sweep") {
  auto plans = plan_settlement(death({entry("odd", EntryState::kStarted, 9)}));
  CHECK(plans[0].ended.empty());
  CHECK(plans[0].free.empty());
}

TEST_CASE("obituary: killed because Redis did not answer, it goes back as interrupted") {
  auto dead =
      death({entry("cut off", EntryState::kStarted), entry("waited", EntryState::kClaimed)});
  dead.killed = true;
  dead.blamed = {{"cut off", 7, EndKind::kLost, true}};
  auto plans = plan_settlement(dead);
  CHECK(plans[0].ended.empty());
  REQUIRE(plans[0].free.size() == 2);
  CHECK(plans[0].free[0].interrupted);
  CHECK_FALSE(plans[0].free[1].interrupted);
}
