// Keeps the attempts of one queue alive: renews all of them in one call every third of the smallest
// lease in force, every second while that is refused or not answered, and stops its own before
// their leases run out when it cannot. A lease counts from the moment its last answered renewal was
// SENT. Loop's thread. What it cannot do, because this process is stuck or stopped, the supervisor
// does by the flight recorder's kill_at, which moves here with every answered renewal.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "worker/context.h"

namespace stint {

// Brings the flight recorder's kill_at of a running job up to date. Loop's thread.
void update_kill_at(Context& context, const Job& job);

class LeaseKeeper {
 public:
  struct Listener {
    // Unstarted jobs that must not start any more: their lease has run too far, or they were
    // cancelled.
    std::function<void(const std::function<bool(const Job&)>& wanted)> give_back;
    // An attempt that Redis says is another's and that has not started: forget it.
    std::function<void(Job&)> forget;
  };
  LeaseKeeper(Context& context, const Lane& lane, Listener listener);

  void watch(const Job& job);  // it has been claimed
  void beat_now();             // a cancel was asked for, or Redis is back
  void
  check();  // fences what must be fenced; the worker's tick calls it too: timers stop in suspend

 private:
  struct Beaten {
    Job* job;
    stint_job handle;
    bool started;
    bool taken = false;  // its resource is another's: it was not renewed
  };
  struct Round {
    MonoTime sent;
    std::vector<Beaten> jobs;
  };
  bool mine(const Job& job) const;
  void on_time();
  void beat();
  void send(const std::shared_ptr<Round>& round);
  void on_answer(Round& round, const Result<redis::ReplyView>& reply);
  void not_renewed(const Error& error);
  void renew(const Beaten& beaten, MonoTime sent);
  void obey(Round& round, const BeatAnswer& answer);
  void obey_lost(Job& job);
  void obey_cancel(Job& job);
  void obey_taken(Job& job);
  void tell(Job& job, StopReason reason);
  void arm();

  Context& context_;
  const Lane& lane_;
  Listener listener_;
  Timer timer_;
  MonoTime next_;  // when timer_ is due, if it is active
  size_t in_flight_ = 0;
  bool beat_again_ = false;  // asked for while one was in flight
  bool again_soon_ = false;  // of the last beat, something was not renewed
  log::Outage refused_{log::Level::kWarning, "redis refuses a heartbeat, trying again every second",
                       "redis accepts heartbeats again"};
};

}  // namespace stint
