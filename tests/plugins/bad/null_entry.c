/* A plugin whose entry gives nothing. */
#include <stint/task.h>

const stint_plugin* stint_plugin_entry(const stint_host* host) {
  (void)host;
  return 0;
}
