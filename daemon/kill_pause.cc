#include "daemon/kill_pause.h"

#include <algorithm>

namespace stint {

milliseconds term_to_kill(std::span<const control::EntryCopy> held, MonoTime now) {
  milliseconds pause{500};
  for (const auto& entry : held) {
    if (entry.state == control::EntryState::kStarted && entry.dead_by.ns != 0) {
      pause = std::min(pause, std::chrono::duration_cast<milliseconds>(entry.dead_by - now));
    }
  }
  return std::max(pause, milliseconds{1});
}

}  // namespace stint
