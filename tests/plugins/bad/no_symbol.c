/* A shared library that is no plugin. */
#include <stint/task.h>

STINT_EXPORT int something_else(void);
int something_else(void) {
  return 1;
}
