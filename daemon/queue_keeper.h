// What this daemon does for one queue beside running its jobs: sweeps, promotes, expires, audits,
// takes its inboxes in. Any number of daemons may keep the same queue. Supervisor, on its thread;
// begins at once, ends with the object.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/redis/connection.h"
#include "daemon/auditor.h"
#include "daemon/due_mover.h"
#include "daemon/intake.h"
#include "daemon/sweeper.h"

namespace stint {

class QueueKeeper {
 public:
  QueueKeeper(uv_loop_s* loop, redis::Connection& redis, const Config& config,
              const QueueConfig& queue);

  const Keys& keys() const { return keys_; }
  void on_due() { promoter_.hurry(); }
  void on_pressure() { expirer_.hurry(); }

 private:
  std::function<void(const Error&)> aside(redis::Connection& redis) const;

  Keys keys_;
  Sweeper sweeper_;
  DueMover promoter_;
  DueMover expirer_;
  Auditor auditor_;
  std::vector<std::unique_ptr<Intake>> intakes_;
};

}  // namespace stint
