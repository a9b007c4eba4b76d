// The argument `jitter` of scripts that draw backoffs: Redis seeds a script's own random numbers
// the same every time.
#pragma once

#include <string>

namespace stint {

std::string jitter_argument();  // "0.dddddd", in [0, 1). Thread-safe

}  // namespace stint
