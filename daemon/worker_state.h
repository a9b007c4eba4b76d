// The worker as its supervisor sees it: one of the two state machines of stint
// (docs/architecture.md draws it). Pure; WorkerHandle holds the state and does what the arrows say.
// Illegal pairs are answered, never guessed.
#pragma once

#include <optional>
#include <string_view>

namespace stint {

enum class WorkerState {
  kStarting,  // forked; opens its plugins
  kRunning,   // said ready: takes jobs
  kStopping,  // was told to drain or to stop
  kKilling,   // its process group got TERM; KILL follows
  kSettled,   // waitpid has said that it is gone
};

enum class WorkerEvent {
  kReady,   // frame kReady
  kFailed,  // frame kFailed; exit follows
  kStop,    // we sent kDrain or kStop
  kKill,    // kill_at passed, its loop is stuck, or the stop limit passed
  kExit,    // waitpid
};

// The next state; empty: the pair is illegal.
std::optional<WorkerState> next(WorkerState state, WorkerEvent event);

std::string_view to_string(WorkerState state);
std::string_view to_string(WorkerEvent event);

}  // namespace stint
