// What the proxies listen on and connect by.
#pragma once

#include <string>

#include "common/unique_fd.h"

namespace stint::test {

// Listening at path, or connected to who does; invalid if that fails.
UniqueFd unix_socket(const std::string& path, bool listening);

}  // namespace stint::test
