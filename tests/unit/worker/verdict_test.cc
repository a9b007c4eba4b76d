#include "worker/verdict.h"

#include <catch2/catch.hpp>

using namespace stint;
using How = Completion::How;
using Act = Verdict::Act;

namespace {

Completion said(How how, std::string text = "") {
  Completion completion;
  completion.how = how;
  completion.text = std::move(text);
  completion.delay = milliseconds(how == How::kReleased ? 250 : 0);
  return completion;
}

Verdict verdict(How how, StopReason told, bool lost = false) {
  return judge(said(how, "words"), told, lost, milliseconds(90'000));
}

}  // namespace

TEST_CASE("verdict: a task that was told nothing ends as it said") {
  CHECK(verdict(How::kSucceeded, StopReason::kNone).kind == EndKind::kOk);
  CHECK(verdict(How::kSucceeded, StopReason::kNone).text == "words");
  CHECK(verdict(How::kFailed, StopReason::kNone).kind == EndKind::kError);
  Verdict released = verdict(How::kReleased, StopReason::kNone);
  CHECK(released.act == Act::kRelease);
  CHECK(released.how == Release::How::kFree);
  CHECK(released.delay == milliseconds(250));
}

TEST_CASE("verdict: success wins over every stop") {
  for (auto told :
       {StopReason::kShutdown, StopReason::kCancel, StopReason::kTimeout, StopReason::kLeaseLost}) {
    Verdict ended = verdict(How::kSucceeded, told);
    CHECK(ended.act == Act::kFinish);
    CHECK(ended.kind == EndKind::kOk);
  }
}

TEST_CASE("verdict: a cancelled task ends as cancelled whatever else it says") {
  CHECK(verdict(How::kFailed, StopReason::kCancel).kind == EndKind::kCancelled);
  CHECK(verdict(How::kReleased, StopReason::kCancel).kind == EndKind::kCancelled);
}

TEST_CASE("verdict: past its timeout a task that did not succeed ends as timeout") {
  CHECK(verdict(How::kReleased, StopReason::kTimeout).kind == EndKind::kTimeout);
  Verdict failed = verdict(How::kFailed, StopReason::kTimeout);
  CHECK(failed.kind == EndKind::kTimeout);
  CHECK(failed.text == "ran for its whole timeout of 1m30s; the task said: words");
}

TEST_CASE("verdict: stopped by an outage, an attempt is handed back as interrupted") {
  for (auto how : {How::kFailed, How::kReleased, How::kUnstarted}) {
    Verdict ended = verdict(how, StopReason::kLeaseLost);
    CHECK(ended.act == Act::kRelease);
    CHECK(ended.how == Release::How::kInterrupted);
  }
}

TEST_CASE("verdict: an attempt that is another's is dropped, also a success") {
  CHECK(verdict(How::kSucceeded, StopReason::kLeaseLost, true).act == Act::kDrop);
  CHECK(verdict(How::kFailed, StopReason::kNone, true).act == Act::kDrop);
}

TEST_CASE("verdict: a shutdown changes nothing about what the task says") {
  CHECK(verdict(How::kFailed, StopReason::kShutdown).kind == EndKind::kError);
  CHECK(verdict(How::kReleased, StopReason::kShutdown).how == Release::How::kFree);
}
