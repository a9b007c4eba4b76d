// What a person is told where Redis refuses a command: the same words in stint and in stintd's
// options that do one thing. Pure.
#pragma once

#include "common/config/config.h"
#include "common/error.h"

namespace stint {

// A refusal in words that say what to do; any other error as it is. Of our commands only a submit
// is refused for memory.
Error explain_refusal(const Error& error, const Config& config);

}  // namespace stint
