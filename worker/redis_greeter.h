// Every new connection for commands is greeted before anything is claimed on it: Redis new enough,
// the namespace of our format, the queues' names known. Also says an outage, once at its beginning
// and once at its end. Loop's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "worker/context.h"

namespace stint {

class RedisGreeter {
 public:
  struct Listener {
    std::function<void(const redis::ServerInfo&)> on_good;
    std::function<void(const std::string& reason)> on_refused;  // no restart of this worker helps
  };
  RedisGreeter(Context& context, Listener listener);

  void greet(const redis::ServerInfo& server);
  void on_down(const Error& error);

 private:
  void on_format(const Result<redis::ReplyView>& reply);

  Context& context_;
  Listener listener_;
  Timer again_;
  log::Outage untold_{log::Level::kWarning, "redis does not tell the format, asking again",
                      "redis tells the format again"};
  redis::ServerInfo server_;
  std::optional<MonoTime> down_since_;
};

}  // namespace stint
