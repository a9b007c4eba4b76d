// How a process ended, decoded from waitpid's status in this one place. Pure values; used by the
// supervisor. Invariant: exactly one of `code` (exited by itself) and `signal` (killed by one) says
// something.
#pragma once

#include <string>

namespace stint {

struct ExitStatus {
  int code = 0;    // exit code, if signal == 0
  int signal = 0;  // what killed it, 0 = it exited
  bool core = false;

  bool exited_with(int wanted) const { return signal == 0 && code == wanted; }
  // "exited with code 3", "killed by SIGSEGV (signal 11), core dumped"
  std::string describe() const;
};

// Requires: a status of a process that has ended (no WUNTRACED, no WCONTINUED).
ExitStatus decode_wait_status(int status);

std::string signal_name(int signal);  // "SIGSEGV", "SIGRTMIN+3"; "" for 0

}  // namespace stint
