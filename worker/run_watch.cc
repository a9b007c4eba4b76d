#include "worker/run_watch.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"

namespace stint {

namespace {

constexpr milliseconds kWatchPause{10};
constexpr milliseconds kLongRun{20};
constexpr milliseconds kLongestSleep{60'000};

}  // namespace

RunWatch::RunWatch(Context& context, Listener listener)
    : context_(context),
      listener_(std::move(listener)),
      timer_(context.loop, [this] { on_time(); }) {}

// Never later than it is set already: puts that follow each other must not push it away for ever.
void RunWatch::wake() {
  arm(now_mono() + kWatchPause);
}

void RunWatch::arm(MonoTime due) {
  if (timer_.active() && due_ <= due) {
    return;
  }
  due_ = due;
  timer_.start(std::max(due - now_mono(), milliseconds{1}));
}

std::vector<uint32_t> RunWatch::running_slots() const {
  std::vector<uint32_t> slots;
  const auto& running = context_.recorder.table().running;
  for (uint32_t slot = 0; slot < static_cast<uint32_t>(context_.boot.config.slots); ++slot) {
    int32_t entry = running[slot].load(std::memory_order_acquire);
    if (entry >= 0 && entry < static_cast<int32_t>(control::kEntries)) {
      slots.push_back(slot);
    }
  }
  return slots;
}

std::vector<Job*> RunWatch::running() const {
  std::vector<Job*> jobs;
  for (uint32_t slot : running_slots()) {
    auto entry = context_.recorder.table().running[slot].load(std::memory_order_acquire);
    if (entry < 0 || entry >= static_cast<int32_t>(control::kEntries)) {
      continue;  // it has ended meanwhile
    }
    Job& job = context_.jobs[static_cast<uint32_t>(entry)];
    if (job.stage == Stage::kStock && job.started() != MonoTime{}) {
      jobs.push_back(&job);
    }
  }
  return jobs;
}

bool RunWatch::all_busy_long() const {
  std::vector<Job*> jobs = running();
  MonoTime now = now_mono();
  bool all_run = jobs.size() == static_cast<size_t>(context_.boot.config.slots);
  return all_run && std::all_of(jobs.begin(), jobs.end(),
                                [now](const Job* job) { return now - job->started() > kLongRun; });
}

void RunWatch::on_time() {
  MonoTime now = now_mono();
  bool waits = context_.stock.levels().waiting > 0;
  MonoTime next = now + (waits ? kWatchPause : kLongestSleep);
  std::vector<Job*> jobs = running();
  for (Job* job : jobs) {
    look_at(*job, now, next);
  }
  if (waits || !jobs.empty()) {
    arm(next);
  }
  listener_.on_turn();
}

void RunWatch::look_at(Job& job, MonoTime now, MonoTime& next) {
  MonoTime timeout = job.started() + job.limits.timeout;
  if (job.limits.timeout.count() > 0 && job.stop_reason() < StopReason::kTimeout) {
    if (now >= timeout) {
      log::warning("task runs past its timeout, it is told to stop",
                   {{"queue", job.queue_name}, {"job", job.id}, {"attempt", job.attempt}});
      tell_to_stop(job, StopReason::kTimeout);
    } else {
      next = std::min(next, timeout);
    }
  }
  if (!enforcing_) {
    return;
  }
  const auto& entry = context_.recorder.table().entries[job.index];
  MonoTime kill{entry.kill_at_ns.load(std::memory_order_acquire)};
  if (kill == MonoTime{}) {
    return;
  }
  if (now >= kill) {
    listener_.on_overdue(job);
  } else {
    next = std::min(next, kill);
  }
}

}  // namespace stint
