#include "daemon/restart_policy.h"

#include <catch2/catch.hpp>

using namespace stint;
using Kind = RestartDecision::Kind;

namespace {

RestartQuestion quick_death() {
  RestartQuestion question;
  question.cause = ExitCause::kDied;
  question.was_ready = true;
  question.lived = milliseconds(50);
  return question;
}

}  // namespace

TEST_CASE("restart policy: what ended as planned is replaced at once, however often") {
  DeathTally tally;
  RestartQuestion question = quick_death();
  question.cause = ExitCause::kPlanned;
  for (int i = 0; i < 100; ++i) {
    CHECK(decide_restart(question, tally).kind == Kind::kNow);
  }
}

TEST_CASE(
    "restart policy: a first crash is replaced at once, quick deaths in a row ever later up to 30 "
    "s") {
  DeathTally tally;
  CHECK(decide_restart(quick_death(), tally).kind == Kind::kNow);
  CHECK(decide_restart(quick_death(), tally).kind == Kind::kNow);
  milliseconds last{0};
  for (int i = 0; i < 40; ++i) {
    auto decision = decide_restart(quick_death(), tally);
    REQUIRE(decision.kind == Kind::kAfter);
    CHECK(decision.delay >= last);
    last = decision.delay;
  }
  CHECK(last == milliseconds(30'000));
}

TEST_CASE("restart policy: deaths that jobs cause delay at most a second") {
  DeathTally tally;
  RestartQuestion question = quick_death();
  question.job_running = true;
  RestartDecision decision;
  for (int i = 0; i < 40; ++i) {
    decision = decide_restart(question, tally);
  }
  CHECK(decision.delay == milliseconds(1'000));
}

TEST_CASE("restart policy: a worker that did its work before clears the tally") {
  DeathTally tally;
  for (int i = 0; i < 10; ++i) {
    (void)decide_restart(quick_death(), tally);
  }
  RestartQuestion worked = quick_death();
  worked.jobs_ended = 3;
  CHECK(decide_restart(worked, tally).kind == Kind::kNow);
  CHECK(decide_restart(quick_death(), tally).kind == Kind::kNow);
  RestartQuestion old = quick_death();
  old.lived = kLongLife;
  CHECK(decide_restart(old, tally).kind == Kind::kNow);
}

TEST_CASE(
    "restart policy: a refusal gives up at start and in a roll, and is tried again later on") {
  RestartQuestion question;
  question.cause = ExitCause::kRefused;
  DeathTally tally;
  question.phase = RestartPhase::kAtStart;
  CHECK(decide_restart(question, tally).kind == Kind::kGiveUp);
  question.phase = RestartPhase::kInRoll;
  CHECK(decide_restart(question, tally).kind == Kind::kGiveUp);
  question.phase = RestartPhase::kLater;
  auto decision = decide_restart(question, tally);
  CHECK(decision.kind == Kind::kAfter);
  CHECK(decision.delay > milliseconds(500));
}

TEST_CASE("restart policy: a worker that ends before it was ready is never replaced in a spin") {
  RestartQuestion question;
  DeathTally tally;
  for (auto cause : {ExitCause::kPlanned, ExitCause::kDied}) {
    question.cause = cause;
    auto decision = decide_restart(question, tally);
    CHECK(decision.kind == Kind::kAfter);
    CHECK(decision.delay >= milliseconds(500));
  }
}
