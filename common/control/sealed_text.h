// A text for a program that this process starts and that must not stand among its words, where
// every user of the host reads it: a sealed file in memory, open there under a fixed number.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/error.h"
#include "common/unique_fd.h"

namespace stint::control {

// Its own number is above those that a worker knows (frames.h), so that none of them is overwritten
// before it is handed over. On failure: kInternal naming the call.
Result<UniqueFd> seal_text(std::string_view text);

// The text, and fd is closed. None: fd is no such file, and stays as it is.
std::optional<std::string> take_sealed_text(int fd);

}  // namespace stint::control
