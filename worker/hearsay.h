// Whether some live worker has a task that is not ours, by what Redis knows: when one last said so,
// in Redis' time. A time that is not fresh proves nothing, because Redis' clock may have been
// stepped since: it must stay as it is for longer, on our own clock, than whoever has the task
// takes to say so again (announcer.cc: 10 s). Loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace stint {

class Hearsay {
 public:
  // said_ms, redis_ms: when it was last said, and now, by Redis' clock; now: by ours.
  bool somebody_has(std::string_view task, int64_t said_ms, int64_t redis_ms, MonoTime now);

 private:
  struct Stale {
    int64_t said_ms;
    MonoTime since;
  };
  std::map<std::string, Stale, std::less<>> stale_;  // tasks that were announced once: few
};

}  // namespace stint
