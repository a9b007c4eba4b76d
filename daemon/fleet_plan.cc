#include "daemon/fleet_plan.h"

#include <algorithm>

namespace stint {

std::vector<PostPlan> plan_posts(const Config& config) {
  std::vector<PostPlan> posts;
  auto add = [&](int count, const std::vector<std::string>& queues) {
    for (int i = 0; i < count; ++i) {
      posts.push_back({static_cast<uint32_t>(posts.size()), queues});
    }
  };
  std::vector<std::string> shared;
  for (const auto& queue : config.queues) {
    if (queue.processes == 0) {
      shared.push_back(queue.name);
    }
  }
  if (!shared.empty()) {
    add(config.processes, shared);
  }
  for (const auto& queue : config.queues) {
    if (queue.processes > 0) {
      add(queue.processes, {queue.name});
    }
  }
  return posts;
}

milliseconds stuck_after(const Config& config) {
  milliseconds lease{30'000};
  auto consider = [&](const LimitsSaid& said) {
    lease = std::min(lease, said.lease.value_or(lease));
  };
  for (const auto& queue : config.queues) {
    consider(queue.limits);
  }
  for (const auto& [task, said] : config.tasks) {
    consider(said);
  }
  // A loop says that it turns once a second: sooner than after three of those nobody can be called
  // stuck. What a shorter lease needs, kill_at sees to.
  return std::max(lease * 6 / 10, milliseconds{3'000});
}

}  // namespace stint
