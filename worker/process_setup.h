// What a worker process sets once, before anything else runs: its name, its streams, the signals
// that must not end it.
#pragma once

namespace stint {

// TERM, INT and PIPE are handled by doing nothing, not ignored: an ignored signal stays ignored in
// the programs that a task starts, and TERM to the process group must end those. Without a
// supervisor the loop takes TERM and INT over.
void set_up_process();

}  // namespace stint
