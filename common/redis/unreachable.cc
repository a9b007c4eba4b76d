#include "common/redis/unreachable.h"

namespace stint::redis {

Error with_advice(const Error& cause, bool embedded) {
  if (cause.code != ErrorCode::kUnavailable) {
    return cause;
  }
  std::string advice = embedded
                           ? "; is stintd running here? Start it, or say where Redis is with "
                             "--redis URL, STINT_REDIS_URL or redis.url in the configuration"
                           : "; check that this Redis runs and that --redis, STINT_REDIS_URL or "
                             "redis.url names the right one";
  return {cause.code, "cannot reach Redis at " + cause.message + advice};
}

}  // namespace stint::redis
