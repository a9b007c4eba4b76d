/* A plugin with one task that does nothing, whose name and task id the including file has defined.
 */
#include <stint/task.h>

static int32_t nothing(stint_job job, void* context) {
  (void)job;
  (void)context;
  return STINT_DONE;
}

const stint_plugin* stint_plugin_entry(const stint_host* host) {
  static const stint_task task = {sizeof task, STINT_TEST_TASK, 0, nothing, 0};
  static const stint_task* const tasks[] = {&task};
  static const stint_plugin plugin = {
      STINT_ABI_MAJOR, STINT_ABI_MINOR, sizeof plugin, STINT_TEST_PLUGIN, "1.0", 0, 0, tasks, 1};
  (void)host;
  return &plugin;
}
