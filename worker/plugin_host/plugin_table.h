// Whether the table that a plugin returned is one that this worker understands. Pure.
#pragma once

#include "common/error.h"
#include "common/job/limits.h"
#include "stint/task.h"

namespace stint {

// On failure: kConfig with the reason alone; the caller names the file.
Result<void> check_plugin_table(const stint_plugin* plugin);

// What a task's author says, -1 and null left empty. Requires: a table that was checked.
LimitsSaid limits_said(const stint_limits* limits);

}  // namespace stint
