// One line on stderr that says how far a long piece of work is; drawn at most ten times a second,
// only where Output says that it may be. Wiped by finish() and before every other message. One
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/status_line.h"
#include "daemon/cli/output.h"

namespace stint::cli {

class ProgressBar {
 public:
  // total 0: not known, only the count is shown. noun: "job".
  ProgressBar(const Output& out, std::string noun);

  // fraction < 0: not known.
  void show(int64_t done, double fraction);
  void wipe();

 private:
  StatusLine line_;
  bool drawn_ = false;
  std::string noun_;
  MonoTime start_;
  MonoTime last_;
};

// "[######----] 60%  1,200 jobs  4,000/s": pure.
std::string bar_text(int64_t done, double fraction, milliseconds elapsed, std::string_view noun);

}  // namespace stint::cli
