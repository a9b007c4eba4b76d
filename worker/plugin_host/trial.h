// `stint-worker --run`: one attempt of one job in this process, without Redis and without a
// supervisor, for whoever writes a task. [plugins.NAME.config] comes as a sealed text
// (common/control/sealed_text.h) in place of what a supervisor would say, since it may hold a
// password, and every user sees the words of a process. Its log goes to stderr, its result to
// stdout.
#pragma once

#include <string>

namespace stint {

struct Trial {
  std::string plugin;  // a file
  std::string task;
  std::string params;    // JSON
  std::string resource;  // empty: none
};

// The exit code: 0 succeeded or released, 5 failed, 130 interrupted, 2 no such task or bad
// parameters, 78 the plugin is refused. The first INT or TERM tells the task to stop, as a timeout
// does; the second, and the end of its grace, end the process. What ends it otherwise is seen by
// stint in the flight recorder, where the attempt is then still held.
int run_trial(const Trial& trial);

}  // namespace stint
