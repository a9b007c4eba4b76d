#include "worker/plugin_host/host_api.h"

#include <algorithm>
#include <mutex>
#include <string>

#include "common/job/spec.h"
#include "common/log/log.h"

namespace stint {

namespace {

JobTable* host_jobs = nullptr;
Stock* host_stock = nullptr;

constexpr stint_str kNothing{nullptr, 0};
constexpr uint64_t kLongestWaitMs = uint64_t{365} * 24 * 3600 * 1000;

stint_str c_str_of(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view view_of(stint_str text) {
  return text.data == nullptr ? std::string_view{}
                              : std::string_view{text.data, static_cast<size_t>(text.size)};
}

// The attempt a handle names, locked; null if it names none that runs.
class Attempt {
 public:
  explicit Attempt(stint_job handle) : job_(host_jobs ? host_jobs->find(handle) : nullptr) {
    if (job_ == nullptr) {
      return;
    }
    lock_ = std::unique_lock(job_->mutex);
    known_ = job_->handle == handle;
  }
  bool runs() const { return known_ && job_->running; }
  bool open() const { return runs() && !job_->completed; }
  bool known() const { return known_; }
  Job* operator->() { return job_; }
  Job& operator*() { return *job_; }
  std::unique_lock<std::mutex>& lock() { return lock_; }
  void unlock() {
    if (lock_.owns_lock()) {
      lock_.unlock();
    }
  }

 private:
  Job* job_;
  std::unique_lock<std::mutex> lock_;
  bool known_ = false;
};

template <typename Read>
stint_str read_text(stint_job handle, Read read) noexcept {
  Attempt attempt(handle);
  return attempt.runs() ? c_str_of(read(*attempt)) : kNothing;
}

stint_str host_id(stint_job job) noexcept {
  return read_text(job, [](const Job& j) -> std::string_view { return j.id; });
}
stint_str host_task(stint_job job) noexcept {
  return read_text(job, [](const Job& j) -> std::string_view { return j.task->id; });
}
stint_str host_queue(stint_job job) noexcept {
  return read_text(job, [](const Job& j) { return j.queue_name; });
}
stint_str host_resource(stint_job job) noexcept {
  return read_text(job, [](const Job& j) { return j.resource; });
}
stint_str host_params(stint_job job) noexcept {
  return read_text(job, [](const Job& j) { return j.params; });
}

uint32_t host_attempt(stint_job job) noexcept {
  Attempt attempt(job);
  return attempt.runs() ? static_cast<uint32_t>(attempt->attempt) : 0;
}

uint64_t host_token(stint_job job) noexcept {
  Attempt attempt(job);
  return attempt.runs() ? attempt->token : 0;
}

// Few tasks ask: so the loop fetches it from Redis only now. A stop ends the wait, or an outage
// could hold up a shutdown.
stint_str host_checkpoint(stint_job job) noexcept {
  Attempt attempt(job);
  if (!attempt.runs()) {
    return kNothing;
  }
  if (!attempt->checkpoint_known) {
    host_stock->ask(attempt->index);
    attempt->changed.wait(attempt.lock(), [&attempt, job] {
      return attempt->handle != job || !attempt->running || attempt->checkpoint_known ||
             attempt->stop_reason() != StopReason::kNone;
    });
  }
  bool usable = attempt->handle == job && attempt->running && attempt->checkpoint_known;
  return usable ? c_str_of(attempt->checkpoint) : kNothing;
}

int32_t host_stop_reason(stint_job job) noexcept {
  Attempt attempt(job);
  return attempt.runs() ? static_cast<int32_t>(attempt->stop_reason()) : STINT_GONE;
}

int32_t host_wait_stop(stint_job job, uint64_t at_most_ms) noexcept {
  Attempt attempt(job);
  if (!attempt.runs()) {
    return STINT_GONE;
  }
  auto wait = std::chrono::milliseconds(std::min(at_most_ms, kLongestWaitMs));
  attempt->changed.wait_for(attempt.lock(), wait, [&attempt, job] {
    return attempt->handle != job || !attempt->running ||
           attempt->stop_reason() != StopReason::kNone;
  });
  bool runs = attempt->handle == job && attempt->running;
  return runs ? static_cast<int32_t>(attempt->stop_reason()) : STINT_GONE;
}

// Requires: the job is locked.
void tell_news(Job& job) {
  job.has_news.store(true, std::memory_order_release);
  if (job.on_news != nullptr) {
    job.on_news(job);
  }
}

int32_t host_progress(stint_job job, stint_str json) noexcept {
  std::string_view text = view_of(json);
  if (!check_json(text, kMaxJobLog, kMaxParamsDepth)) {
    return STINT_INVALID;
  }
  Attempt attempt(job);
  if (!attempt.open()) {
    return STINT_GONE;
  }
  attempt->log.set_progress(text);
  tell_news(*attempt);
  return STINT_OK;
}

int32_t host_log(stint_job job, stint_str line) noexcept {
  Attempt attempt(job);
  if (!attempt.open()) {
    return STINT_GONE;
  }
  attempt->log.add(now_wall_ms(), attempt->attempt, view_of(line));
  tell_news(*attempt);
  return STINT_OK;
}

// The first completion counts, every other changes nothing and is said, in the daemon's log and the
// job's own.
int32_t refuse_second(Attempt& attempt) {
  std::string id = "ended long ago";
  if (attempt.known()) {
    id = attempt->id;
    if (attempt.runs()) {
      attempt->log.add(now_wall_ms(), attempt->attempt, "task completed twice; the first counts");
      tell_news(*attempt);
    }
  }
  attempt.unlock();
  log::warning("task completed twice", {{"job", id}});
  return STINT_GONE;
}

int32_t complete(stint_job job, Completion completion) {
  Attempt attempt(job);
  if (!attempt.open()) {
    return refuse_second(attempt);
  }
  attempt->completed = true;
  attempt->completion = std::move(completion);
  attempt->changed.notify_all();
  return STINT_OK;
}

// Only the job's own log has room for the reason: the interface answers with a number.
int32_t refuse_result(stint_job job, const Error& why) {
  Attempt attempt(job);
  if (attempt.open()) {
    attempt->log.add(now_wall_ms(), attempt->attempt,
                     "the task's result was refused: " + why.message);
    tell_news(*attempt);
  }
  return STINT_INVALID;
}

int32_t host_succeed(stint_job job, stint_str result) noexcept {
  std::string_view text = view_of(result);
  auto good = text.empty() ? Result<void>{} : check_json(text, kMaxResult, kMaxParamsDepth);
  if (!good) {
    return refuse_result(job, good.error());
  }
  Completion completion;
  completion.how = Completion::How::kSucceeded;
  completion.text = text;
  return complete(job, std::move(completion));
}

int32_t host_fail(stint_job job, stint_str message, uint32_t flags) noexcept {
  Completion completion;
  completion.how = Completion::How::kFailed;
  // Cut here as well, so that nobody holds a gigabyte of it until it is reported; one byte more, so
  // that the cut is said.
  completion.text = view_of(message).substr(0, kMaxErrorText + 1);
  completion.final = (flags & STINT_FAIL_FINAL) != 0;
  return complete(job, std::move(completion));
}

int32_t host_release(stint_job job, uint64_t delay_milliseconds) noexcept {
  Completion completion;
  completion.how = Completion::How::kReleased;
  auto longest = static_cast<uint64_t>(kMaxDuration.count());
  completion.delay = milliseconds(static_cast<int64_t>(std::min(delay_milliseconds, longest)));
  return complete(job, std::move(completion));
}

constexpr stint_host kHost{
    STINT_ABI_MAJOR, STINT_ABI_MINOR,  sizeof(stint_host), host_id,       host_task,
    host_queue,      host_resource,    host_params,        host_attempt,  host_token,
    host_checkpoint, host_stop_reason, host_wait_stop,     host_progress, host_log,
    host_succeed,    host_fail,        host_release,
};

}  // namespace

const stint_host* host_functions() {
  return &kHost;
}

void connect_host_functions(JobTable& jobs, Stock& stock) {
  host_jobs = &jobs;
  host_stock = &stock;
}

}  // namespace stint
