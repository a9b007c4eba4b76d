// What a program does when a script refused it: if a key of the queue is of another type than it
// must be, that key is moved aside (quarantine.lua), so that the next try works. Called with every
// refusal, on the loop's thread; callers pause before they try again.
#pragma once

#include "common/error.h"
#include "common/queue/keys.h"
#include "common/redis/connection.h"

namespace stint {

// Nothing, unless the refusal says WRONGTYPE. Logs what was moved.
void move_aside(redis::Connection& redis, const Keys& keys, const Error& refusal);

}  // namespace stint
