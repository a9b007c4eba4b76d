// A crash must not write to disk what no log may hold.
#pragma once

namespace stint {

// From here on neither this process nor one that it starts leaves a core file. Called in the
// supervisor where Redis has a password: tasks that are to leave cores want a Redis without one, or
// `stint plugin run`, which needs no Redis.
void forbid_core_files();

}  // namespace stint
