// Whether a Redis would throw jobs away when it is full: asked by stintd at start and by whoever
// submits. Pure.
#pragma once

#include <string_view>

#include "common/error.h"

namespace stint::redis {

// info: what INFO, or INFO memory, answered; without a policy in it nothing is known and nothing is
// refused. On failure: kConfig.
Result<void> refuse_eviction(std::string_view info);

}  // namespace stint::redis
