#include "daemon/worker_state.h"

namespace stint {
namespace {

using State = WorkerState;

std::optional<State> on_ready(State state) {
  switch (state) {
    case State::kStarting:
      return State::kRunning;
    case State::kStopping:  // told to stop before it was ready
    case State::kKilling:
      return state;
    case State::kRunning:
    case State::kSettled:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<State> on_failed(State state) {
  switch (state) {
    case State::kStarting:
    case State::kStopping:
    case State::kKilling:
      return state;  // its exit follows
    case State::kRunning:
    case State::kSettled:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<State> on_stop(State state) {
  switch (state) {
    case State::kStarting:
    case State::kRunning:
    case State::kStopping:  // drain, then stop; or a shorter limit
      return State::kStopping;
    case State::kKilling:
      return State::kKilling;
    case State::kSettled:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<State> on_kill(State state) {
  switch (state) {
    case State::kStarting:
    case State::kRunning:
    case State::kStopping:
      return State::kKilling;
    case State::kKilling:
    case State::kSettled:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<State> on_exit(State state) {
  switch (state) {
    case State::kStarting:
    case State::kRunning:
    case State::kStopping:
    case State::kKilling:
      return State::kSettled;
    case State::kSettled:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WorkerState> next(WorkerState state, WorkerEvent event) {
  switch (event) {
    case WorkerEvent::kReady:
      return on_ready(state);
    case WorkerEvent::kFailed:
      return on_failed(state);
    case WorkerEvent::kStop:
      return on_stop(state);
    case WorkerEvent::kKill:
      return on_kill(state);
    case WorkerEvent::kExit:
      return on_exit(state);
  }
  return std::nullopt;
}

std::string_view to_string(WorkerState state) {
  switch (state) {
    case State::kStarting:
      return "starting";
    case State::kRunning:
      return "running";
    case State::kStopping:
      return "stopping";
    case State::kKilling:
      return "killing";
    case State::kSettled:
      return "settled";
  }
  return "?";
}

std::string_view to_string(WorkerEvent event) {
  switch (event) {
    case WorkerEvent::kReady:
      return "ready";
    case WorkerEvent::kFailed:
      return "failed";
    case WorkerEvent::kStop:
      return "stop";
    case WorkerEvent::kKill:
      return "kill";
    case WorkerEvent::kExit:
      return "exit";
  }
  return "?";
}

}  // namespace stint
