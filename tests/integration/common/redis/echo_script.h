// A script that answers with its first argument; the SHA1 of its text as Redis computes it.
#pragma once

#include "common/redis/script.h"

namespace stint::test {

inline constexpr redis::Script kEcho{"echo", "098e0f0d1448c0a81dafe820f66d460eb09263da",
                                     "return ARGV[1]"};

}  // namespace stint::test
