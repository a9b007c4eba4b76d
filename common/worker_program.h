// Where stint-worker is, for stintd, which starts it, and for whoever asks it to check plugins.
#pragma once

#include <array>
#include <string>

namespace stint {

// The first that is there is meant: beside our own program (a build tree), in libexec where we were
// installed (also under another prefix than we were built for), in libexec as built.
std::array<std::string, 3> worker_program_places();

}  // namespace stint
