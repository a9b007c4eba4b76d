/* Its task's id breaks the rule for ids. */
#define STINT_TEST_PLUGIN "bad_task_id"
#define STINT_TEST_TASK "../evil task"
#include "one_task.h"
