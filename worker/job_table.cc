#include "worker/job_table.h"

namespace stint {

namespace {

constexpr unsigned kIndexBits = 8;
static_assert(control::kEntries <= (1u << kIndexBits));
constexpr size_t kKeepCapacity = 64 << 10;

// The memory of an ordinary job serves the next one, that of a large one is given back.
void empty(std::string& text) {
  if (text.capacity() > kKeepCapacity) {
    text = std::string();
  } else {
    text.clear();
  }
}

}  // namespace

JobTable::JobTable() : jobs_(std::make_unique<std::array<Job, control::kEntries>>()) {
  for (uint32_t i = 0; i < control::kEntries; ++i) {
    (*jobs_)[i].index = i;
    (*jobs_)[i].handle = i;  // generation 0: handed to nobody
  }
}

Job& JobTable::adopt(uint32_t index) {
  Job& job = (*jobs_)[index];
  STINT_CHECK(job.stage == Stage::kFree);
  ++held_;
  job.stage = Stage::kLine;
  job.params_ready = job.params_asked = job.large = false;
  job.marked = job.lost = job.cancelled = false;
  job.checkpoint_wanted = job.checkpoint_asked = false;
  job.told = MonoTime{};
  job.task = nullptr;
  job.stop.store(0, std::memory_order_relaxed);
  job.started_ns.store(0, std::memory_order_relaxed);
  job.ended_ns.store(0, std::memory_order_relaxed);
  job.started_wall_ms.store(0, std::memory_order_relaxed);
  job.finished_wall_ms.store(0, std::memory_order_relaxed);
  job.has_news.store(false, std::memory_order_relaxed);
  std::lock_guard lock(job.mutex);
  job.handle += 1u << kIndexBits;
  job.running = job.prints = job.completed = false;
  job.completion = Completion{};
  job.log.clear();
  job.checkpoint_known = false;
  job.checkpoint.clear();
  return job;
}

void JobTable::free(Job& job) {
  STINT_CHECK(job.stage != Stage::kFree);
  --held_;
  job.stage = Stage::kFree;
  empty(job.text);
  empty(job.fetched_params);
  std::lock_guard lock(job.mutex);
  empty(job.completion.text);
}

Job* JobTable::find(stint_job handle) {
  uint64_t index = handle & ((1u << kIndexBits) - 1);
  return index < control::kEntries ? &(*jobs_)[index] : nullptr;
}

void tell_to_stop(Job& job, StopReason reason) {
  if (job.stop_reason() >= reason) {
    return;
  }
  // Under the mutex, or a task about to sleep in wait_stop() would miss it.
  std::lock_guard lock(job.mutex);
  job.stop.store(static_cast<int32_t>(reason), std::memory_order_release);
  job.changed.notify_all();
}

}  // namespace stint
