// What one sweeper has itself seen of the active attempts of a queue, on its own monotonic clock.
// Pure; one thread. An attempt is suspect only when value and mark were unchanged for its whole
// lease between two looks of this sweeper. No wall clock decides. What was seen is forgotten when
// the sweeper itself was late (it was stopped or the machine slept: then the workers were too) and
// when Redis was away (they could not renew).
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
  // the latest.
  void look(MonoTime now, milliseconds planned);
  void begin_pass() { ++pass_; }
  // True: unchanged for `lease` (and still to be reported every pass until it changes).
  bool observe(std::string_view id, std::string_view value, std::string_view mark,
               milliseconds lease, MonoTime now);
  void end_pass();  // attempts that were not seen in this pass are forgotten
  void forget();    // all

  size_t size() const { return seen_.size(); }

 private:
  struct Seen {
    std::string value;
    std::string mark;
    MonoTime since;
    uint64_t pass;
  };
  std::unordered_map<std::string, Seen> seen_;
  MonoTime last_look_;
  bool looked_ = false;
  uint64_t pass_ = 0;
};

}  // namespace stint
