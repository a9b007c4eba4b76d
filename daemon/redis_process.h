// Starting redis-server as our child: its whole configuration on stdin, nothing on disk to tamper
// with, no password in argv. Called in the supervisor, on its only thread. Invariants of the child:
// it gets SIGTERM when we die, whatever kills us; it leads its own process group, so that the
// terminal's Ctrl-C does not reach it before the workers are done; it alone holds the lock of its
// data folder, so that no second server ever writes there while it, or what is left of it, lives.
#pragma once

#include <sys/types.h>

#include <string>

#include "common/config/config.h"
#include "common/error.h"
#include "common/unique_fd.h"

namespace stint {

struct RedisProcess {
  pid_t pid = -1;
  UniqueFd output;  // its stdout and stderr, to be read
};

// What it is told on stdin.
std::string redis_configuration(const Config& config);

// Makes the data folder. On failure: kInternal with path and cause, kConfig if the socket's path is
// too long.
Result<void> prepare_redis_folder(const Config& config);

// The lock of the data folder. On failure: kConflict if another redis-server still holds it, else
// kInternal.
Result<UniqueFd> lock_redis_folder(const Config& config);

// Returns once the child runs redis-server. Takes the lock. On failure: kConfig if there is no
// redis-server, else kInternal; no process is left.
Result<RedisProcess> start_redis(const Config& config, UniqueFd lock);

}  // namespace stint
