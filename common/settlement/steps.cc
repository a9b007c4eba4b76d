#include "common/settlement/steps.h"

#include <algorithm>
#include <span>

#include "common/queue/claim.h"
#include "common/queue/finish.h"
#include "common/queue/keys.h"

namespace stint {
namespace {

KeepBounds keep_bounds(const Config& config, const std::string& queue) {
  auto it = std::find_if(config.queues.begin(), config.queues.end(),
                         [&](const auto& one) { return one.name == queue; });
  return it == config.queues.end() ? KeepBounds{} : KeepBounds{it->keep_max, it->keep_bytes};
}

template <typename T, typename Send>
void in_batches(const std::vector<T>& all, Send&& send) {
  std::span<const T> left(all);
  while (!left.empty()) {
    size_t size = std::min(left.size(), kBatchJobs);
    send(left.first(size));
    left = left.subspan(size);
  }
}

}  // namespace

std::deque<redis::Command> settlement_steps(const Config& config, const std::string& worker,
                                            const std::vector<QueuePlan>& plans) {
  std::deque<redis::Command> steps;
  for (const auto& plan : plans) {
    Keys keys(config.ns, plan.queue);
    in_batches(plan.ended, [&](std::span<const Ended> some) {
      steps.push_back(finish(keys, worker, 0, keep_bounds(config, plan.queue), some));
    });
    std::vector<Release> free;
    for (const auto& one : plan.free) {
      auto how = one.interrupted ? Release::How::kInterrupted : Release::How::kFree;
      free.push_back({one.id, one.token, how, milliseconds{0}});
    }
    in_batches(
        free, [&](std::span<const Release> some) { steps.push_back(release(keys, worker, some)); });
  }
  for (const auto& plan : plans) {
    steps.push_back(close_worker(Keys(config.ns, plan.queue), worker));
  }
  return steps;
}

}  // namespace stint
