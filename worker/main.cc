// stint-worker: started by stintd (or by `stint plugin check|run`), never by people. See worker.h
// for what it does.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/exit_code.h"
#include "worker/last_will.h"
#include "worker/plugin_host/check_command.h"
#include "worker/plugin_host/trial.h"
#include "worker/process_setup.h"
#include "worker/start.h"
#include "worker/worker.h"

namespace {

int run_jobs(bool standalone) {
  stint::Prepared prepared = stint::prepare_start(standalone);
  if (!prepared.start) {
    return prepared.exit_code;
  }
  if (!standalone) {
    stint::rank_before_supervisor_when_memory_ends();
  }
  // Never destroyed: tasks that were abandoned still run in its threads.
  auto* worker = new stint::Worker(std::move(*prepared.start));
  return worker->run();
}

int usage() {
  (void)std::fputs("stint-worker is started by stintd. By hand: stint-worker --check PATH...\n",
                   stderr);
  return stint::to_int(stint::ExitCode::kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  stint::set_up_process();
  std::string_view mode = argc > 1 ? argv[1] : "";
  int code = 0;
  if (mode == "--check" && argc > 2) {
    code = stint::run_check(std::vector<std::string>(argv + 2, argv + argc));
  } else if (mode == "--run" && argc == 6) {
    code = stint::run_trial({argv[2], argv[3], argv[4], argv[5]});
  } else if (mode == "--standalone") {
    code = run_jobs(true);
  } else if (mode == "--settle" && argc == 3) {
    code = stint::run_settler(std::atoi(argv[2]));
  } else if (argc == 2 && !mode.starts_with("-")) {
    code = run_jobs(false);  // the argument is the worker's id, for `ps`
  } else {
    code = usage();
  }
  // stdout alone and only if nobody holds it: a task that was abandoned inside a stdio call would
  // keep us for ever.
  if (::ftrylockfile(stdout) == 0) {
    (void)std::fflush(stdout);
    ::funlockfile(stdout);
  }
  // No destructors of plugins' objects: their threads may still use them.
  ::_exit(code);
}
