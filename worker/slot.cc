#include "worker/slot.h"

#include <pthread.h>

#include <string>

#include "common/kill_point.h"
#include "worker/crash_handler.h"

namespace stint {

namespace {

constexpr milliseconds kWorthReporting{1};

// Under the job's mutex. What is not said by the task is said by its return code.
void complete_by_code(Job& job, int32_t code) {
  if (job.completed) {
    return;
  }
  job.completed = true;
  if (code == STINT_DONE) {
    job.completion.how = Completion::How::kSucceeded;
    return;
  }
  job.completion.how = Completion::How::kFailed;
  job.completion.text =
      "perform returned " + std::to_string(code) + ", which is neither STINT_DONE nor STINT_LATER";
}

void conclude(Job& job, int32_t code) {
  std::unique_lock lock(job.mutex);
  if (code == STINT_LATER) {
    job.changed.wait(lock, [&job] { return job.completed; });
  }
  complete_by_code(job, code);
  job.running = false;
  job.changed.notify_all();  // whoever sleeps in wait_stop() with this handle
}

// This process may have been stopped for a while, or the lease lost meanwhile.
bool too_late(const Job& job, const AttemptTimes& times, const KillTime& kill, MonoTime now) {
  return now >= fence_time(times.renewed, times.lease) || now >= kill.at ||
         job.stop_reason() == StopReason::kLeaseLost;
}

void refuse_late_start(Job& job) {
  std::lock_guard lock(job.mutex);
  job.running = job.prints = false;
  job.completed = true;
  job.completion.how = Completion::How::kUnstarted;
}

}  // namespace

Slot::Slot(uint32_t index, Stock& stock, JobTable& jobs, control::FlightRecorder& recorder,
           OutputWatch* output)
    : index_(index),
      stock_(stock),
      jobs_(jobs),
      recorder_(recorder),
      output_(output),
      thread_([this] { run(); }) {}

Slot::~Slot() {
  thread_.join();
}

void Slot::run() {
  pthread_setname_np(pthread_self(), ("slot-" + std::to_string(index_)).c_str());
  crash_handler::prepare_thread();
  std::optional<uint32_t> ended;
  bool report = false;
  while (auto next = stock_.next(ended, report)) {
    report = perform(jobs_[*next]);
    ended = next;
  }
}

// Whether it is too late is asked again behind the mark: what a stopped process has not marked, it
// will not start. By the times of before: the mark has the kill time that follows from them, and a
// renewal that was answered after a stop would hide it.
bool Slot::perform(Job& job) {
  MonoTime now = now_mono();
  AttemptTimes times{now, job.renewed(), job.lease(), {}, false};
  KillTime kill = kill_time(times, job.limits);
  if (too_late(job, times, kill, now)) {
    refuse_late_start(job);
    return true;
  }
  auto entry = static_cast<int>(job.index);
  int64_t wall = now_wall_ms();
  mark_start(job, kill, wall);
  if (too_late(job, times, kill, now_mono())) {
    recorder_.unstart(entry, index_);
    refuse_late_start(job);
    return true;
  }
  job.started_wall_ms.store(wall, std::memory_order_relaxed);
  job.started_ns.store(now.ns, std::memory_order_release);
  if (output_ != nullptr) {
    output_->begin(job.index);
  }
  kill_point("at", "task start");

  int32_t code = job.task->perform(job.handle, job.task->context);
  kill_point("at", "task return");
  conclude(job, code);

  recorder_.end(entry, index_);
  kill_point("after", "end mark");
  MonoTime end = now_mono();
  job.finished_wall_ms.store(now_wall_ms(), std::memory_order_relaxed);
  job.ended_ns.store(end.ns, std::memory_order_release);
  if (output_ != nullptr) {
    wait_for_output(job, now, end);
  }
  return end - now >= kWorthReporting;
}

void Slot::mark_start(Job& job, const KillTime& kill, int64_t wall_ms) {
  {
    std::lock_guard lock(job.mutex);
    job.running = true;
    job.prints = output_ != nullptr;
    job.log.copy_to(recorder_.last_words(index_), job.index, job.token);
  }
  auto entry = static_cast<int>(job.index);
  recorder_.set_kill_at(entry, kill.at, static_cast<uint32_t>(kill.kind), kill.dead_by);
  kill_point("before", "start mark");
  recorder_.start(entry, index_, wall_ms);
}

// The attempt has ended, but it is not handed in before what it printed is in its log. After that
// nothing more gets there: another job's lines will be noted behind its last words.
void Slot::wait_for_output(Job& job, MonoTime began, MonoTime ended) {
  output_->end(ended.ns - began.ns);
  std::lock_guard lock(job.mutex);
  job.prints = false;
}

}  // namespace stint
