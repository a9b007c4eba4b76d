// What a running task has said in log lines and progress and Redis does not know yet. Bounded: a
// task that says more than kMaxJobLog between two flushes loses its oldest lines, and the log says
// how many. A copy of each line goes to where a supervisor finds it if the process dies. Not
// thread-safe: guarded by its job's mutex; written by task threads, taken by the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/control/last_words.h"

namespace stint {

class JobLog {
 public:
  // From now on, until clear(): lines also go there, as those of the attempt that has this entry.
  void copy_to(control::LastWords& words, uint32_t entry, uint64_t token);
  // Splits text at newlines; bytes that are not UTF-8 and other control characters are made
  // harmless.
  void add(int64_t wall_ms, int attempt, std::string_view text);
  void set_progress(std::string_view json) { progress_ = json; }
  bool empty() const { return lines_.empty() && !progress_; }

  struct Taken {
    std::vector<std::string> lines;  // "<ms> <attempt> <text>"
    std::optional<std::string> progress;
    uint64_t first = 1;  // number of the first line among all that this attempt has said
  };
  Taken take();
  // What may not have been written comes back, to where its numbers say.
  void put_back(Taken taken);
  void clear();

 private:
  void push(std::string line);
  void trim();

  std::map<uint64_t, std::string> lines_;
  uint64_t next_ = 1;   // number of the next line
  uint64_t floor_ = 1;  // lines below it have been dropped
  std::optional<std::string> progress_;
  size_t bytes_ = 0;
  size_t dropped_ = 0;
  control::LastWords* words_ = nullptr;
  uint32_t entry_ = 0;
  uint64_t token_ = 0;
};

}  // namespace stint
