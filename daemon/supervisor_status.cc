// What systemd is told about the supervisor while it starts, works and stops.
#include "daemon/supervisor.h"

namespace stint {
namespace {

// More than Redis may take to stop. Said again every two seconds, by the loop: one that hangs says
// nothing and is ended by systemd when this is over.
constexpr milliseconds kNotYet{30'000};
// For the plugins to open, from the moment that Redis is there: what a unit has by default for all
// of a start.
constexpr milliseconds kStart{90'000};

}  // namespace

// Waiting for Redis and for jobs that may finish has its own limits, or none, by configuration:
// systemd's must not end it before.
void Supervisor::tell_systemd() {
  std::string redis = redis_->ready() ? "" : "; Redis cannot be reached";
  switch (phase_) {
    case Phase::kStarting:
      notify_.status(redis_->ready() ? "starting" : "waiting for Redis");
      notify_.extend(kStart);
      return;
    case Phase::kRunning:
      if (!fleet_->any_ready() && !redis_->ready()) {
        notify_.extend(kStart);
      }
      notify_.status(std::to_string(fleet_->ready()) + " of " +
                     std::to_string(fleet_->processes()) +
                     " workers ready, jobs: " + std::to_string(fleet_->jobs_running()) +
                     " running, " + std::to_string(fleet_->jobs_ended()) + " ended" + redis);
      return;
    case Phase::kStopping:
      notify_.status("stopping, jobs: " + std::to_string(fleet_ ? fleet_->jobs_running() : 0) +
                     " running" + redis);
      notify_.extend(kNotYet);
      return;
    case Phase::kEnding:
      notify_.status("stopping");
      notify_.extend(kNotYet);
      return;
  }
}

}  // namespace stint
