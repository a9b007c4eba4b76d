// What the programs' exit codes mean. They are a stable interface: DO NOT CHANGE a number.
#pragma once

namespace stint {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,  // done in part or not at all; stintd: its state directory is another daemon's
  kUsage = 2,   // wrong options or arguments
  kNoSuchJob = 3,
  kJobFailed = 5,  // an awaited job failed
  kWaitTimedOut = 6,
  kUnreachable = 7,  // Redis cannot be reached
  kInternal = 70,    // a bug of ours
  kRecycle = 75,     // stint-worker: replace me (max_jobs, max_rss)
  kConfig = 78,      // configuration, plugin, record format, Redis version: do not restart
  kInterrupted = 130,
};

constexpr int to_int(ExitCode code) {
  return static_cast<int>(code);
}

}  // namespace stint
