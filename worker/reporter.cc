#include "worker/reporter.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/queue/quarantine.h"

namespace stint {

Reporter::Reporter(Context& context, const Lane& lane, LogWriter& logs)
    : context_(context), lane_(lane), logs_(logs), again_(context.loop, [this] { flush(); }) {}

log::Outage Reporter::ends_refused() {
  return {log::Level::kError, "redis refuses the end of attempts, trying again every second",
          "redis takes the end of attempts again"};
}

void Reporter::finish(Job& job, EndKind kind, std::string text, bool final) {
  job.stage = Stage::kSettling;
  Ended ended;
  ended.id = job.id;
  ended.token = job.token;
  ended.kind = kind;
  // What cannot run at all is no attempt: its outcome and its error name the last one that was.
  bool counts = kind != EndKind::kUnknownTask && kind != EndKind::kCorrupt;
  ended.attempt = counts ? job.attempt : job.attempt - 1;
  ended.limits = job.limits;
  ended.started_ms = job.started_wall_ms.load(std::memory_order_relaxed);
  ended.finished_ms = job.finished_wall_ms.load(std::memory_order_relaxed);
  if (ended.finished_ms == 0) {
    ended.finished_ms = now_wall_ms();
  }
  if (final) {
    ended.limits.retries = 0;
  }
  if (kind == EndKind::kOk) {
    ended.body = std::move(text);
  } else {
    ended.body = error_json(ended.attempt, kind, text, "", context_.boot.worker, ended.finished_ms);
  }
  ends_.emplace_back(&job, std::move(ended));
}

void Reporter::release(Job& job, Release::How how, milliseconds delay) {
  job.stage = Stage::kSettling;
  backs_.push_back({&job, how, delay});
}

void Reporter::flush() {
  if (!context_.redis.ready() || again_.active()) {
    return;
  }
  flush_ends();
  flush_backs();
}

void Reporter::flush_ends() {
  if (end_waits_ || (ends_.empty() && end_flight_.empty())) {
    return;
  }
  if (end_flight_.empty()) {
    fill_end_flight();
  }
  send_ends();
}

void Reporter::fill_end_flight() {
  ++seq_;
  size_t bytes = 0;
  while (!ends_.empty() && end_flight_.size() < kBatchJobs) {
    auto& [job, ended] = ends_.front();
    bytes += ended.body.size();
    if (!end_flight_.empty() && bytes > kBatchBytes) {
      break;
    }
    logs_.take(*job, end_logs_);
    end_jobs_.push_back(job);
    end_flight_.push_back(std::move(ended));
    ends_.pop_front();
  }
}

void Reporter::send_ends() {
  end_waits_ = true;
  logs_.send(end_logs_);
  context_.redis.run(
      stint::finish(lane_.keys, context_.boot.worker, seq_, lane_.bounds, end_flight_),
      [this](const Result<redis::ReplyView>& reply) { on_ends(reply); });
}

void Reporter::on_ends(const Result<redis::ReplyView>& reply) {
  end_waits_ = false;
  auto settled = reply ? parse_finished(*reply, end_flight_.size())
                       : Result<std::vector<Settled>>(reply.error());
  if (!settled) {
    retry_later(finish_refused_, "finish", settled.error());
    return;
  }
  finish_refused_.over({{"queue", lane_.keys.queue()}, {"command", "finish"}});
  for (size_t i = 0; i < settled->size(); ++i) {
    if ((*settled)[i].lost_lease) {
      log::warning("attempt was no longer ours when it ended, its outcome is dropped",
                   {{"queue", lane_.keys.queue()},
                    {"job", end_flight_[i].id},
                    {"attempt", end_flight_[i].attempt}});
    }
    settle(*end_jobs_[i]);
  }
  end_flight_.clear();
  end_jobs_.clear();
  end_logs_.clear();
  context_.changed();
}

void Reporter::flush_backs() {
  if (back_waits_ || (backs_.empty() && back_flight_.empty())) {
    return;
  }
  while (!backs_.empty() && back_flight_.size() < kBatchJobs) {
    logs_.take(*backs_.front().job, back_logs_);
    back_flight_.push_back(backs_.front());
    backs_.pop_front();
  }
  send_backs();
}

void Reporter::send_backs() {
  back_waits_ = true;
  logs_.send(back_logs_);
  std::vector<Release> releases;
  releases.reserve(back_flight_.size());
  for (const Back& back : back_flight_) {
    releases.push_back({back.job->id, back.job->token, back.how, back.delay});
  }
  context_.redis.run(stint::release(lane_.keys, context_.boot.worker, releases),
                     [this](const Result<redis::ReplyView>& reply) { on_backs(reply); });
}

void Reporter::on_backs(const Result<redis::ReplyView>& reply) {
  back_waits_ = false;
  auto settled = reply ? parse_settled(*reply, back_flight_.size())
                       : Result<std::vector<Settled>>(reply.error());
  if (!settled) {
    retry_later(release_refused_, "release", settled.error());
    return;
  }
  release_refused_.over({{"queue", lane_.keys.queue()}, {"command", "release"}});
  for (const Back& back : back_flight_) {
    settle(*back.job);
  }
  back_flight_.clear();
  back_logs_.clear();
  context_.changed();
}

// No reply: it goes out again with the next connection. An error reply: nothing was done, and
// asking at once would spin.
void Reporter::retry_later(log::Outage& outage, const char* what, const Error& error) {
  if (error.code == ErrorCode::kUnavailable) {
    context_.changed();
    return;
  }
  move_aside(context_.redis, lane_.keys, error);
  outage.goes_on({{"queue", lane_.keys.queue()}, {"command", what}, {"error", error.message}});
  again_.start(kRefusedPause);
}

void Reporter::settle(Job& job) {
  context_.recorder.free(static_cast<int>(job.index));
  context_.jobs.free(job);
}

}  // namespace stint
