#include "worker/process_setup.h"

#include <signal.h>
#include <sys/prctl.h>

#include <cstdio>
#include <initializer_list>

namespace stint {

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

}  // namespace stint
