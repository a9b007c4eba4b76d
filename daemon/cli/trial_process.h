// The process of `stint plugin run`: a worker that makes one attempt, with the surroundings that
// workers have: a process group of its own, no stdin, nothing of STINT_* in its environment. What
// becomes of it is seen from outside, because a task can end its process in any way. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "common/settlement/exit_status.h"

namespace stint::cli {

struct TrialEnd {
  enum class How {
    kByItself,       // exit.code is the verdict
    kTaskCrashed,    // the process died while task code could run
    kPluginCrashed,  // before or after that: in open or close
  };
  How how = How::kByItself;
  ExitStatus exit;
  std::string backtrace;  // empty: there is none
};

// words: argv of stint-worker. config: [plugins.NAME.config] as JSON, which may hold a password and
// so is none of them. INT and TERM are handed on to its process group until it has ended.
// On failure: kInternal, it could not be started.
Result<TrialEnd> run_trial_process(std::vector<std::string> words, std::string_view config);

}  // namespace stint::cli
