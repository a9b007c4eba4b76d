#include "common/settlement/exit_status.h"

#include <signal.h>
#include <sys/wait.h>

#include <cstring>

namespace stint {

ExitStatus decode_wait_status(int status) {
  if (WIFSIGNALED(status)) {
    return {0, WTERMSIG(status), WCOREDUMP(status) != 0};
  }
  return {WEXITSTATUS(status), 0, false};
}

std::string signal_name(int signal) {
  if (signal == 0) {
    return "";
  }
  if (const char* name = sigabbrev_np(signal)) {
    return std::string("SIG") + name;
  }
  if (signal >= SIGRTMIN && signal <= SIGRTMAX) {
    return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
  }
  return "signal " + std::to_string(signal);
}

std::string ExitStatus::describe() const {
  if (signal == 0) {
    return "exited with code " + std::to_string(code);
  }
  return "killed by " + signal_name(signal) + " (signal " + std::to_string(signal) + ")" +
         (core ? ", core dumped" : "");
}

}  // namespace stint
