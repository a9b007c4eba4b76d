// What is said of an id that is no job of the queue.
#pragma once

#include <string>

#include "common/exit_code.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// One line on stderr; also why the id's inbox entry was rejected, if it was, else
// which other queue has a job of that id. Returns kNoSuchJob.
ExitCode say_no_such_job(Session& session, const std::string& id);

}  // namespace stint::cli
