#include "worker/process_setup.h"

#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <initializer_list>

namespace stint {

namespace {

constexpr int kOomScore = 300;  // of 1000: as if it used so much more of the memory that there is
constexpr int kMostOomScore = 1000;

}  // namespace

void set_up_process() {
  (void)::prctl(PR_SET_NAME, "stint-worker");  // exec by descriptor leaves a number
  (void)std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGTERM, SIGINT, SIGPIPE}) {
    (void)sigaction(signal, &action, nullptr);
  }
}

// Without /proc it ranks as all others do.
void rank_before_supervisor_when_memory_ends() {
  const char* file = "/proc/self/oom_score_adj";
  int inherited = 0;
  if (std::ifstream(file) >> inherited) {
    std::ofstream(file) << std::min(inherited + kOomScore, kMostOomScore);
  }
}

}  // namespace stint
