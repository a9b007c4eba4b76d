#include "daemon/queue_keeper.h"

#include "common/queue/quarantine.h"

namespace stint {
namespace {

constexpr milliseconds kPromoteLatest{900};  // no wake-up is slept through for a second
constexpr milliseconds kExpireSoonest{500};
constexpr milliseconds kExpireLatest{10'000};

}  // namespace

QueueKeeper::QueueKeeper(uv_loop_s* loop, redis::Connection& redis, const Config& config,
                         const QueueConfig& queue)
    : keys_(config.ns, queue.name),
      sweeper_(loop, redis, keys_, config.sweep_interval, queue_limits(queue).keep),
      promoter_(loop, redis,
                {"promote " + queue.name, [keys = keys_] { return promote(keys); }, milliseconds{1},
                 kPromoteLatest, aside(redis)}),
      expirer_(loop, redis,
               {"expire " + queue.name, [keys = keys_] { return expire(keys); }, kExpireSoonest,
                kExpireLatest, aside(redis)}),
      auditor_(loop, redis, keys_) {
  auto lists = queue.intake;
  lists.insert(lists.begin(), keys_("inbox"));
  for (const auto& list : lists) {
    intakes_.push_back(std::make_unique<Intake>(
        loop, keys_, Intake::Options{config.redis, list, queue.rejected_max}));
  }
}

std::function<void(const Error&)> QueueKeeper::aside(redis::Connection& redis) const {
  return [&redis, keys = keys_](const Error& error) { move_aside(redis, keys, error); };
}

}  // namespace stint
