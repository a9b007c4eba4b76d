// What the parts of the loop share, and one queue as this worker serves it. Plain data, owned by
// the Worker, used on the loop's thread only (JobTable and Stock say what slots may do with them).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/config/boot.h"
#include "common/control/flight_recorder.h"
#include "common/queue/finish.h"
#include "common/queue/keys.h"
#include "common/redis/connection.h"
#include "worker/batch_size.h"
#include "worker/job_table.h"
#include "worker/plugin_host/task_table.h"
#include "worker/stock.h"

namespace stint {

// The longest lease that a claim gives.
inline constexpr milliseconds kClaimLease{30'000};
// After an error reply to something that must be done: the pause before it is sent again.
inline constexpr milliseconds kRefusedPause{1'000};

struct Context {
  uv_loop_s* loop;
  const Boot& boot;
  const TaskTable& tasks;
  control::FlightRecorder& recorder;
  JobTable& jobs;
  Stock& stock;
  redis::Connection& redis;
  std::function<void()> changed;  // the worker looks at everything once, before the loop sleeps
};

struct Lane {
  uint32_t index;  // in boot.queues, as in the flight recorder
  int weight;
  Keys keys;
  KeepBounds bounds;
  Limits limits;  // built-in and [queues.Q]
  // What a claim gives, before anybody knows which jobs it gets: the shortest of any task's, so
  // that the death of a host is noticed as soon as for a job that runs. A task's own longer one is
  // stored by the first heartbeat after its start.
  milliseconds claim_lease;
  BatchSize batch;
};

}  // namespace stint
