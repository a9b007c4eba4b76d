// What systemd wants to hear: one datagram a message to $NOTIFY_SOCKET. Nothing happens where there
// is none. Supervisor only, on its thread. The socket's name is taken from the environment once, at
// construction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace stint {

class SdNotify {
 public:
  SdNotify();

  void ready();
  void status(std::string_view text);  // sent only when it has changed
  void reloading();
  void stopping();
  void extend(milliseconds by);  // of the time to start or to stop, from now
  void watchdog();

  // How often watchdog() must be called: half of WATCHDOG_USEC, if that is meant for this process.
  std::optional<milliseconds> watchdog_interval() const { return watchdog_interval_; }

 private:
  void send(const std::string& message) const;

  std::string socket_;
  std::string last_status_;
  std::optional<milliseconds> watchdog_interval_;
};

}  // namespace stint
