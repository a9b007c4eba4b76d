// One claimed job, from the claim's answer until Redis has acknowledged its end. Lives in the
// JobTable, at the index of its entry in the flight recorder, and is used again for the next job
// there. Three owners, told apart below: the loop alone; everybody, through atomics; everybody,
// under `mutex`. Invariants: what the loop wrote before the job went into the stock does not change
// until the job is freed. The handle changes only under `mutex`, so a stale handle is recognised
// whoever holds it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/job/limits.h"
#include "worker/job_log.h"
#include "worker/plugin_host/task_table.h"
#include "worker/verdict.h"

namespace stint {

// What the loop knows of it.
enum class Stage : uint8_t {
  kFree,
  kAsking,    // its task is unknown here: Redis is asked who has it
  kLine,      // waits in claimed order for its parameters
  kStock,     // a slot may take it at any time, or has
  kSettling,  // ended or given back; Redis has not acknowledged that yet
};

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): grouped by who may touch them
struct Job {
  // The loop alone; constant from the stock on, so that slots may read it.
  uint32_t index = 0;
  uint32_t queue = 0;
  std::string_view queue_name;
  std::string id;
  std::string text;                              // the record
  std::string fetched_params;                    // of a job whose parameters live apart
  std::string_view task_name, resource, params;  // into text or fetched_params
  bool params_ready = false;
  bool params_asked = false;
  uint64_t token = 0;
  int attempt = 1;
  Limits limits;
  const Task* task = nullptr;

  // The loop alone.
  Stage stage = Stage::kFree;
  bool large = false;   // its parameters live apart
  bool marked = false;  // a heartbeat has said that it started, with its limits
  bool lost = false;    // Redis said that the attempt is another's
  bool cancelled = false;
  MonoTime told;                   // when it was told to stop for cancel or a lost lease
  bool checkpoint_wanted = false;  // a task waits for it
  bool checkpoint_asked = false;

  // Everybody.
  std::atomic<int32_t> stop{0};        // StopReason
  std::atomic<int64_t> renewed_ns{0};  // when the last answered renewal was sent
  std::atomic<int64_t> lease_ms{
      0};  // as Redis knows it: the claim's until a heartbeat has stored the task's
  std::atomic<int64_t> started_ns{0};  // 0: task code has not run
  std::atomic<int64_t> ended_ns{0};
  std::atomic<int64_t> started_wall_ms{0};
  std::atomic<int64_t> finished_wall_ms{0};
  std::atomic<bool> has_news{false};  // log is not empty

  // Everybody, under mutex.
  std::mutex mutex;
  std::condition_variable changed;  // completed, told to stop, checkpoint known
  stint_job handle = 0;
  bool running = false;  // from before perform until the attempt has ended
  bool prints = false;  // what is printed is its: from before perform until all of it has been read
  bool completed = false;
  Completion completion;
  JobLog log;
  void (*on_news)(Job&) = nullptr;  // of a trial: what the log holds is wanted at once
  bool checkpoint_known = false;
  std::string checkpoint;

  MonoTime renewed() const { return {renewed_ns.load(std::memory_order_relaxed)}; }
  MonoTime started() const { return {started_ns.load(std::memory_order_acquire)}; }
  milliseconds lease() const { return milliseconds(lease_ms.load(std::memory_order_relaxed)); }
  StopReason stop_reason() const {
    return static_cast<StopReason>(stop.load(std::memory_order_acquire));
  }
};

}  // namespace stint
