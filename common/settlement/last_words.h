// The last words of a dead worker's jobs as commands that append them to the jobs' logs, to be sent
// before anything is settled: afterwards the log script refuses them. Pure. It does not matter how
// many of them the worker had sent, nor whether what it sent comes later: they bear their numbers,
// and the script skips what stands there.
#pragma once

#include <string>
#include <vector>

#include "common/redis/script.h"
#include "common/settlement/obituary.h"

namespace stint {

std::vector<redis::Command> last_words(const std::string& ns, const Obituary& dead);

}  // namespace stint
