// What a running task has said in log lines and progress and Redis does not know yet. Bounded: a
// task that says more than kMaxJobLog between two flushes loses its oldest lines, and the log says
// how many. Not thread-safe: guarded by its job's mutex; written by task threads, taken by the
// loop.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

class JobLog {
 public:
  // Splits text at newlines; bytes that are not UTF-8 and other control characters are made
  // harmless.
  void add(int64_t wall_ms, int attempt, std::string_view text);
  void set_progress(std::string_view json) { progress_ = json; }
  bool empty() const { return lines_.empty() && !progress_; }

  struct Taken {
    std::vector<std::string> lines;  // "<ms> <attempt> <text>"
    std::optional<std::string> progress;
  };
  Taken take();
  // What could not be written comes back, before what was said since.
  void put_back(Taken taken);
  void clear();

 private:
  void push(std::string line);
  void trim();

  std::deque<std::string> lines_;
  std::optional<std::string> progress_;
  size_t bytes_ = 0;
  size_t dropped_ = 0;
};

}  // namespace stint
