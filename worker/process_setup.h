// What a worker process sets once, before anything else runs: its name, its streams, the signals
// that must not end it.
#pragma once

namespace stint {

// TERM, INT and PIPE are handled by doing nothing, not ignored: an ignored signal stays ignored in
// the programs that a task starts, and TERM to the process group must end those. Without a
// supervisor the loop takes TERM and INT over.
void set_up_process();

// The kernel ends a worker, which costs an attempt, before stintd or Redis: inherited score + 300.
void rank_before_supervisor_when_memory_ends();

}  // namespace stint
