// What our redis-server says, as events of our own log: its warnings as warnings, save those that
// it gives at every start and stop, the rest at debug level. Pure but for the log. Used by
// EmbeddedRedis, in stintd.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "common/log/log.h"

namespace stint {

// The level of one line, e.g. "1234:M 20 Nov 2026 18:51:43.123 # Can't save in background: fork:
// ..."
log::Level redis_line_level(std::string_view line);
// Without pid and time.
std::string_view redis_line_text(std::string_view line);

class RedisLog {
 public:
  void feed(std::string_view bytes);
  // The last lines, for the message about why it ended: "; "-joined, whole.
  std::string last_words() const;

 private:
  void take(std::string_view line);

  std::string rest_;
  std::deque<std::string> last_;
};

}  // namespace stint
