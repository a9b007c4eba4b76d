#include "common/redis/eviction.h"

#include <string>

#include "common/redis/info.h"
#include "common/text/text.h"

namespace stint::redis {

Result<void> refuse_eviction(std::string_view info) {
  std::string_view policy = info_field(info, "maxmemory_policy");
  if (policy.empty() || policy == "noeviction") {
    return {};
  }
  return Error{ErrorCode::kConfig,
               "Redis would throw jobs away when it is full: maxmemory-policy is " +
                   escape(policy, 32) + ", stint needs noeviction"};
}

}  // namespace stint::redis
