#include "daemon/restart_policy.h"

#include <algorithm>

namespace stint {
namespace {

constexpr milliseconds kFirstDelay{100};
constexpr int kFreeDeaths = 2;  // quick deaths in a row that are replaced at once

RestartDecision after_deaths(int deaths, milliseconds most) {
  if (deaths <= 0) {
    return {};
  }
  int doublings = std::min(deaths - 1, 20);
  return {RestartDecision::Kind::kAfter, std::min(most, kFirstDelay * (int64_t{1} << doublings))};
}

}  // namespace

RestartDecision decide_restart(const RestartQuestion& question, DeathTally& tally) {
  if (question.cause == ExitCause::kRefused && question.phase != RestartPhase::kLater) {
    return {RestartDecision::Kind::kGiveUp, milliseconds{0}};
  }
  if (question.cause == ExitCause::kPlanned && question.was_ready) {
    tally.quick = 0;
    return {};
  }
  if (question.was_ready && (question.jobs_ended > 0 || question.lived >= kLongLife)) {
    tally.quick = 0;  // it did its work before
    return {};
  }
  ++tally.quick;
  if (!question.was_ready) {
    return after_deaths(tally.quick + 3, kMaxRestartDelay);  // from 800 ms
  }
  return after_deaths(tally.quick - kFreeDeaths,
                      question.job_running ? kMaxDelayByJob : kMaxRestartDelay);
}

}  // namespace stint
