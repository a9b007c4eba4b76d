// What one sweeper has itself seen of active attempts, on its own monotonic clock. Pure; one
// thread. An attempt is suspect only when value and mark were unchanged for the lease that the
// value names between two looks of this sweeper. No wall clock decides. What was seen is forgotten
// when the sweeper itself was late (it was stopped or the machine slept: then the workers were too)
// and when Redis was away (they could not renew).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/clock.h"

namespace stint {

class SweepMemory {
 public:
  static constexpr milliseconds kLate{2'000};

  // Called before each look; planned: how long after the last look this one was meant to come at
  // the latest. False: it came later, and everything was forgotten.
  bool look(MonoTime now, milliseconds planned);

  struct Seen {
    bool changed = true;   // or it was never seen before
    milliseconds left{0};  // of its lease, if it stays as it is
    bool suspect() const { return !changed && left <= milliseconds{0}; }
  };
  void begin_pass() { ++pass_; }
  // Suspect: to be reported every pass until it changes.
  Seen observe(std::string_view id, std::string_view value, std::string_view mark, MonoTime now);
  void end_pass();  // attempts that were not seen in this pass are forgotten
  void forget();    // all

  size_t size() const { return memory_.size(); }

 private:
  struct Remembered {
    std::string value;
    std::string mark;
    MonoTime since;
    uint64_t pass;
  };
  std::unordered_map<std::string, Remembered> memory_;
  MonoTime last_look_;
  bool looked_ = false;
  uint64_t pass_ = 0;
};

}  // namespace stint
