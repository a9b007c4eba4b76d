/* Its process is killed when it is loaded, if the file that the variable KILLED_ONCE names can be
   removed: by the kernel, short of memory, for instance. */
#include <signal.h>
#include <unistd.h>

#include <stdlib.h>

#define STINT_TEST_PLUGIN "killed_once"
#define STINT_TEST_TASK "nothing"
#include "bad/one_task.h"

__attribute__((constructor)) static void die_once(void) {
  const char* file = getenv("KILLED_ONCE");
  if (file != NULL && unlink(file) == 0) {
    raise(SIGKILL);
  }
}
