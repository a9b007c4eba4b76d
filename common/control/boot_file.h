// The boot frame as a file in memory, for a program that takes this process over by exec and has no
// supervisor to be told by: it reads the frame like a socket, then EOF.
#pragma once

#include "common/config/boot.h"
#include "common/error.h"

namespace stint::control {

// Opens it as kControlFd, for the program that exec starts; what was there is closed. On failure:
// kInternal naming the call.
Result<void> place_boot(const Boot& boot);

// fd, open under another number in the program that exec starts. On failure: kInternal.
Result<void> hand_over(int fd, int number);

}  // namespace stint::control
