// Every command whose answer somebody reads, and that reader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint::fuzz {

// Any number: it is taken modulo the number of readers.
enum class Asked : uint8_t {};

redis::Command command_of(Asked what);
// What the reader made of it, and the answer itself, as text.
std::string read_answer(Asked what, redis::ReplyView reply);

}  // namespace stint::fuzz
