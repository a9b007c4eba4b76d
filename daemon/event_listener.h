// Hears the hints that scripts publish on `P events` of every queue: `cancel <worker> <id>`, `due`
// and `resumed`. A connection of its own, because a subscribed one takes no other commands. Nothing
// depends on a hint: heartbeats and the promoter's own clock find the same later. Supervisor, on
// its thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/queue/keys.h"
#include "common/redis/connection.h"

namespace stint {

class EventListener {
 public:
  struct Listener {
    std::function<void(std::string_view worker)> on_cancel;
    std::function<void(std::string_view queue_prefix)> on_due;
    std::function<void()> on_resumed;
  };
  EventListener(uv_loop_s* loop, const redis::Url& url, const std::vector<Keys>& queues,
                Listener listener);

 private:
  void heard(std::string_view channel, std::string_view message);

  Listener listener_;
  redis::Connection redis_;
};

}  // namespace stint
