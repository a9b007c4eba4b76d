#include "daemon/settlement.h"

#include <algorithm>
#include <span>
#include <utility>

#include "common/log/log.h"
#include "common/queue/claim.h"
#include "common/queue/finish.h"
#include "common/queue/keys.h"

namespace stint {
namespace {

constexpr milliseconds kRetryUnreachable{200};
constexpr milliseconds kRetryRefused{1'000};
constexpr int kMaxRefusals = 60;  // a minute of the same refusal: the sweep must do it

KeepBounds keep_bounds(const Config& config, const std::string& queue) {
  auto it = std::find_if(config.queues.begin(), config.queues.end(),
                         [&](const auto& one) { return one.name == queue; });
  return it == config.queues.end() ? KeepBounds{} : KeepBounds{it->keep_max, it->keep_bytes};
}

void say_deaths(const QueuePlan& plan, const Obituary& dead) {
  for (const auto& ended : plan.ended) {
    log::warning("attempt ended with its worker", {{"worker", dead.worker},
                                                   {"queue", plan.queue},
                                                   {"job", ended.id},
                                                   {"attempt", ended.attempt},
                                                   {"kind", to_string(ended.kind)},
                                                   {"cause", dead.exit.describe()}});
  }
}

}  // namespace

Settlement::Settlement(uv_loop_s* loop, redis::Connection& redis, const Config& config,
                       const Obituary& dead, std::vector<redis::Command> log_batches,
                       std::function<void()> on_done)
    : redis_(redis),
      worker_(dead.worker),
      on_done_(std::move(on_done)),
      retry_(loop, [this] { step(); }) {
  droppable_ = log_batches.size();
  for (auto& batch : log_batches) {
    steps_.push_back(std::move(batch));
  }
  auto plans = plan_settlement(dead);
  for (const auto& plan : plans) {
    say_deaths(plan, dead);
    add_steps(config, plan);
  }
  for (const auto& plan : plans) {
    steps_.push_back(close_worker(Keys(config.ns, plan.queue), worker_));
  }
}

void Settlement::add_steps(const Config& config, const QueuePlan& plan) {
  Keys keys(config.ns, plan.queue);
  std::span<const Ended> ended(plan.ended);
  while (!ended.empty()) {
    size_t size = std::min(ended.size(), kBatchJobs);
    steps_.push_back(finish(keys, worker_, 0, keep_bounds(config, plan.queue), ended.first(size)));
    ended = ended.subspan(size);
  }
  std::vector<Release> free;
  for (const auto& one : plan.free) {
    free.push_back({one.id, one.token, Release::How::kFree, milliseconds{0}});
  }
  std::span<const Release> left(free);
  while (!left.empty()) {
    size_t size = std::min(left.size(), kBatchJobs);
    steps_.push_back(release(keys, worker_, left.first(size)));
    left = left.subspan(size);
  }
}

void Settlement::start() {
  step();
}

void Settlement::step() {
  if (steps_.empty()) {
    finished();
    return;
  }
  redis_.run(steps_.front(),
             [this, alive = std::weak_ptr<int>(alive_)](const Result<redis::ReplyView>& reply) {
               if (!alive.expired()) {
                 answered(reply);
               }
             });
}

void Settlement::answered(const Result<redis::ReplyView>& reply) {
  if (reply.ok() || (droppable_ > 0 && reply.error().code == ErrorCode::kRefused)) {
    next_step();
    return;
  }
  if (reply.error().code == ErrorCode::kRefused) {
    refused(reply.error());
  } else {
    retry_.start(kRetryUnreachable);
  }
}

void Settlement::refused(const Error& error) {
  if (refusals_ == 0) {
    log::warning("Redis refuses to settle a dead worker's jobs; trying again every second",
                 {{"worker", worker_}, {"error", error.message}});
  }
  if (++refusals_ < kMaxRefusals) {
    retry_.start(kRetryRefused);
    return;
  }
  log::error("a dead worker's jobs are left to the sweep",
             {{"worker", worker_}, {"error", error.message}});
  next_step();
}

void Settlement::next_step() {
  refusals_ = 0;
  droppable_ -= droppable_ > 0 ? 1 : 0;
  steps_.pop_front();
  step();
}

void Settlement::finished() {
  log::debug("dead worker settled", {{"worker", worker_}});
  auto on_done = std::move(on_done_);
  on_done();
}

void Settlements::add(const Config& config, const Obituary& dead,
                      std::vector<redis::Command> log_batches) {
  uint64_t number = ++last_;
  auto on_done = [this, number] {
    all_.erase(number);
    if (all_.empty() && on_empty) {
      on_empty();
    }
  };
  auto& one = all_[number];
  one = std::make_unique<Settlement>(loop_, redis_, config, dead, std::move(log_batches), on_done);
  one->start();
}

}  // namespace stint
