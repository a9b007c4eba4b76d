#include "common/config/config.h"

namespace stint {

Limits queue_limits(const QueueConfig& queue) {
  return apply(Limits{}, queue.limits);
}

}  // namespace stint
