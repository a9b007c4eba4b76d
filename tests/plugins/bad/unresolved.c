/* Needs a function that no library has: RTLD_NOW finds it at start, not in the middle of a job. */
#include <stint/task.h>

extern void* stint_test_nobody_has_this(void);

const stint_plugin* stint_plugin_entry(const stint_host* host) {
  (void)host;
  return (const stint_plugin*)stint_test_nobody_has_this();
}
