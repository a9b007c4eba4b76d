// Whether and when a worker that has ended is replaced: a pure function of why, of its place's
// recent deaths, and of the clock. Called by the Fleet, tested without processes. The rule: what
// ended as planned is replaced at once. What died is replaced at once too, unless it dies again and
// again without getting a job done; then each time later. A death that a job caused delays less:
// the job's own crash limit ends it, and the jobs behind it should not wait long for one another's
// faults.
#pragma once

#include <cstdint>

#include "common/clock.h"

namespace stint {

enum class ExitCause {
  kPlanned,  // exit 0 or kRecycle after ready, or we killed it for a job's timeout or cancel
  kDied,     // signal, any other exit code, stuck loop, fork failed
  kRefused,  // exit 78: configuration or plugin; the next one would say the same
};

enum class RestartPhase {
  kAtStart,  // no worker of this daemon was ready yet
  kInRoll,   // a replacement during HUP
  kLater,
};

// The tally of one worker's place, kept by the Fleet.
struct DeathTally {
  int quick = 0;  // deaths in a row of workers that ended no job and lived less than kLongLife
};

struct RestartQuestion {
  ExitCause cause = ExitCause::kDied;
  RestartPhase phase = RestartPhase::kLater;
  bool was_ready = false;
  bool job_running = false;  // it died with task code running
  uint64_t jobs_ended = 0;
  milliseconds lived{0};
};

struct RestartDecision {
  enum class Kind { kNow, kAfter, kGiveUp };
  Kind kind = Kind::kNow;
  milliseconds delay{0};
};

inline constexpr milliseconds kLongLife{10'000};
inline constexpr milliseconds kMaxRestartDelay{30'000};
inline constexpr milliseconds kMaxDelayByJob{1'000};

// Also brings the tally up to date.
RestartDecision decide_restart(const RestartQuestion& question, DeathTally& tally);

}  // namespace stint
