/* A plugin of a later, incompatible ABI: refused by its first member. */
#include <stint/task.h>

const stint_plugin* stint_plugin_entry(const stint_host* host) {
  static const stint_plugin plugin = {
      STINT_ABI_MAJOR + 1, 0, sizeof plugin, "wrong_abi", "1.0", 0, 0, 0, 0};
  (void)host;
  return &plugin;
}
