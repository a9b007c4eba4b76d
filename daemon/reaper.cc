#include "daemon/reaper.h"

#include <sys/wait.h>

#include <cerrno>

namespace stint {

void reap_children(const Reaper& reaper) {
  while (true) {
    siginfo_t info{};
    int peeked = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    if (peeked != 0 && errno == EINTR) {
      continue;
    }
    if (peeked != 0 || info.si_pid == 0) {
      return;  // no child at all, or none that has ended
    }
    reaper.before(info.si_pid);
    int status = 0;
    if (waitpid(info.si_pid, &status, 0) == info.si_pid) {
      reaper.after(info.si_pid, status);
    }
  }
}

}  // namespace stint
