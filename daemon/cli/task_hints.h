// After a submit: does anybody run what was submitted? Any well-formed task and queue is accepted,
// because producers are deployed first; but a typing error should not wait in silence.
#pragma once

#include <set>
#include <string>

#include "daemon/cli/session.h"

namespace stint::cli {

// One line on stderr where no live worker serves the queue, or lists one of the tasks, with the
// nearest name.
void hint_unserved(Session& session, const std::set<std::string>& tasks);

}  // namespace stint::cli
