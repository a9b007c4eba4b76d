// echo: its result is its parameters, byte for byte. For trying things out and for measuring what a
// job costs.
#include <stint/task.hpp>

STINT_PLUGIN("echo", STINT_PLUGIN_VERSION) {
  plugin.task("echo", [](stint::Job& job) { return job.params(); });
}
