#include "common/refusal.h"

#include <string>

#include "common/queue/repair.h"
#include "common/queue/rights.h"

namespace stint {

Error explain_refusal(const Error& error, const Config& config) {
  if (error.code != ErrorCode::kRefused) {
    return error;
  }
  std::string said = " (" + error.message + ")";
  if (error.message.starts_with("OOM")) {
    return {error.code,
            "Redis is at its memory limit and takes no new jobs: let the queue drain, delete jobs "
            "that failed, or raise maxmemory" +
                said};
  }
  if (error.message.starts_with("MISCONF")) {
    return {
        error.code,
        "Redis cannot write its disk and changes nothing: make room there, it goes on by itself" +
            said};
  }
  if (error.message.starts_with("READONLY")) {
    return {ErrorCode::kUnavailable,
            "Redis at " + config.redis.display() +
                " is a read-only replica: wait for the failover, or name its primary" + said};
  }
  if (is_wrong_type(error)) {
    return {
        error.code,
        "a key is not of the type that stint gave it: stint doctor --repair moves it aside" + said};
  }
  return explain_noperm(error, config);
}

}  // namespace stint
