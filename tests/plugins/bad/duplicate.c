/* Has a task of the same id as the shipped echo. */
#define STINT_TEST_PLUGIN "duplicate"
#define STINT_TEST_TASK "echo"
#include "one_task.h"
