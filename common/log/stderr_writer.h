// Whole lines to standard error, by someone who must never be stopped by it: where the reader of a
// pipe is slow a line waits 100 ms at most, after that lines are dropped until there is room again,
// and counted. Used by log.cc in stintd and stint-worker. Not thread-safe: its caller holds a
// mutex. Never throws.
#pragma once

#include <cstdint>
#include <string_view>

namespace stint::log {

class StderrWriter {
 public:
  explicit StderrWriter(int fd) : fd_(fd) {}

  // line ends with '\n'. False: (part of) it was dropped.
  bool write(std::string_view line) noexcept;
  // Lines dropped since this was last asked.
  uint64_t take_dropped() noexcept;

 private:
  bool wait_for_room() noexcept;

  int fd_;
  bool stuck_ = false;     // the last line did not get through: wait no more until one does
  bool mid_line_ = false;  // a line was cut: the next one begins with a newline
  uint64_t dropped_ = 0;
};

}  // namespace stint::log
