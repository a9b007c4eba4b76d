// Looks at Redis' memory every few seconds; above 80 % of maxmemory it sets `P pressure` of every
// queue for 10 s, and nothing finished is kept meanwhile (finish.lua, expire.lua). Supervisor, on
// its thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/loop/timer.h"
#include "common/queue/keys.h"
#include "common/redis/connection.h"

namespace stint {

class MemoryWatch {
 public:
  MemoryWatch(uv_loop_s* loop, redis::Connection& redis, std::vector<Keys> queues,
              std::function<void()> on_pressure);

 private:
  void look();
  void seen(std::string_view info);

  redis::Connection& redis_;
  std::vector<Keys> queues_;
  std::function<void()> on_pressure_;
  Timer timer_;
  bool said_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace stint
