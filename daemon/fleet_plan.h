// Which worker posts a configuration asks for: pure. A post is a place for one worker: an index
// that is stable across restarts, and the queues that it serves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.h"

namespace stint {

struct PostPlan {
  uint32_t index = 0;
  std::vector<std::string> queues;
};

// Queues with processes of their own get that many posts; the others share config.processes.
std::vector<PostPlan> plan_posts(const Config& config);

// A worker's loop that has stood still for so long is stuck: 0.6 of the smallest lease that the
// configuration gives. Shorter leases that jobs or plugins ask for are guarded by kill_at in the
// flight recorder.
milliseconds stuck_after(const Config& config);

}  // namespace stint
