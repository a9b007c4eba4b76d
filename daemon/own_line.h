// A line that a worker logged itself, on its stderr: to be logged once more by stintd, as an event
// and not as a task's output. A task can write such a line too, and gains a line in the log by it,
// as with any other. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace stint {

// False: it is none, and nothing was logged. A worker may still write the other of the two formats
// after a reload.
bool log_again(std::string_view line, const std::string& worker);

}  // namespace stint
