// Names of workers in Redis: "<host>-<pid of the supervisor>-<nonce>.<n>", never used twice, also
// not after a reboot that gives the same pid again. Pure but for the system calls that say host and
// pid.
#pragma once

#include <string>
#include <string_view>

namespace stint {

std::string host_name();
std::string sanitize_host(
    std::string_view host);  // only [A-Za-z0-9.-], at most 64 characters, never empty
std::string worker_id_stem(std::string_view host);  // "<host>-<pid>-<nonce>"

}  // namespace stint
