#include "worker/queue_runner.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "worker/verdict.h"

namespace stint {

QueueRunner::QueueRunner(Context& context, Lane lane, std::function<void()> on_closed)
    : context_(context),
      lane_(std::move(lane)),
      logs_(context, lane_),
      reporter_(context, lane_, logs_),
      leases_(context, lane_,
              {[this](const auto& wanted) { give_back(Release::How::kInterrupted, wanted); },
               [this](Job& job) { forget(job); }}),
      adoption_(context, lane_, reporter_, leases_),
      claimer_(context, lane_,
               {[this](const Claimed& claimed, size_t asked, MonoTime sent) {
                  if (asked > 0 && claimed.token != 0) {
                    lane_.batch.note_claim(asked, claimed.jobs.size());
                  }
                  adoption_.adopt(claimed, sent);
                },
                std::move(on_closed)}) {}

void QueueRunner::on_ready(const redis::ServerInfo& server) {
  claimer_.on_ready(server);
  leases_.beat_now();
  adoption_.on_ready();
}

void QueueRunner::on_ended(Job& job) {
  Completion said;
  {
    std::lock_guard lock(job.mutex);
    said = std::move(job.completion);
  }
  MonoTime started = job.started();
  if (started != MonoTime{}) {
    int64_t took = job.ended_ns.load(std::memory_order_acquire) - started.ns;
    lane_.batch.add(std::chrono::nanoseconds(took));
  }
  Verdict verdict = judge(std::move(said), job.stop_reason(), job.lost, job.limits.timeout);
  switch (verdict.act) {
    case Verdict::Act::kFinish:
      reporter_.finish(job, verdict.kind, std::move(verdict.text), verdict.final);
      return;
    case Verdict::Act::kRelease:
      reporter_.release(job, verdict.how, verdict.delay);
      return;
    case Verdict::Act::kDrop:
      log::warning("attempt ended after its lease was lost, its outcome is dropped",
                   {{"queue", lane_.keys.queue()}, {"job", job.id}, {"attempt", job.attempt}});
      drop(job);
      return;
  }
}

void QueueRunner::on_asked(Job& job) {
  job.checkpoint_wanted = true;
  logs_.fetch_checkpoint(job);
}

void QueueRunner::on_second() {
  leases_.check();
  logs_.flush_running();
}

void QueueRunner::flush() {
  adoption_.pump();
  reporter_.flush();
}

size_t QueueRunner::room(size_t idle, size_t held) const {
  size_t ahead = lane_.batch.ahead(static_cast<size_t>(context_.boot.config.slots));
  size_t goal = idle + ahead;
  // Once every idle slot has its job, half a stock is reason enough to ask, and not less: batches
  // are cheaper.
  if (held >= goal || (held >= idle && held - idle > ahead / 2)) {
    return 0;
  }
  return std::min(goal - held, kBatchJobs);
}

void QueueRunner::close() {
  claimer_.stop();
  adoption_.close();
  give_back(Release::How::kFree, [](const Job&) { return true; });
}

void QueueRunner::give_back(Release::How how, const std::function<bool(const Job&)>& wanted) {
  std::vector<Job*> back = adoption_.take_back(wanted);
  for (uint32_t index : context_.stock.take_back([this, &wanted](uint32_t i) {
         const Job& job = context_.jobs[i];
         return job.queue == lane_.index && wanted(job);
       })) {
    back.push_back(&context_.jobs[index]);
  }
  for (Job* job : back) {
    reporter_.release(*job, how);
  }
  if (!back.empty()) {
    context_.changed();
  }
}

// Not ours any more, and perhaps not started: then it must not.
void QueueRunner::forget(Job& job) {
  auto is_it = [&job](const Job& other) { return &other == &job; };
  bool taken = !adoption_.take_back(is_it).empty();
  if (!taken) {
    taken = !context_.stock.take_back([&job](uint32_t i) { return i == job.index; }).empty();
  }
  if (taken) {
    drop(job);
  }
}

void QueueRunner::drop(Job& job) {
  context_.recorder.free(static_cast<int>(job.index));
  context_.jobs.free(job);
  context_.changed();
}

}  // namespace stint
