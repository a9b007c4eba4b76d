#include "daemon/settlement.h"

#include <utility>

#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "common/settlement/steps.h"

namespace stint {
namespace {

constexpr milliseconds kRetryUnreachable{200};
constexpr milliseconds kRetryRefused{1'000};
constexpr int kMaxRefusals = 60;  // a minute of the same refusal: the sweep must do it

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
    queues_.emplace_back(config.ns, plan.queue);
  }
  for (auto& step : settlement_steps(config, worker_, plans)) {
    steps_.push_back(std::move(step));
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
  if (reply.ok()) {
    refused_.over({{"worker", worker_}});
  }
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
  for (const auto& keys : queues_) {
    move_aside(redis_, keys, error);
  }
  refused_.goes_on({{"worker", worker_}, {"error", error.message}});
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
