// The first frame that a worker gets: who it is and the whole configuration, as JSON. Not argv and
// not environment, because it holds the password of Redis.
#pragma once

#include <string>
#include <string_view>

#include "common/config/config.h"
#include "common/error.h"

namespace stint {

struct Boot {
  std::string
      worker;  // its id in Redis: "<host>-<pid of the supervisor>-<nonce>.<n>", never used twice
  uint32_t index = 0;  // 0..processes-1, stable across restarts
  std::string host;
  bool supervised = true;           // false: workers.processes = 0
  std::vector<std::string> queues;  // names out of config.queues that this worker serves
  Config config;
};

std::string boot_to_json(const Boot& boot);
Result<Boot> boot_from_json(std::string_view text);

}  // namespace stint
