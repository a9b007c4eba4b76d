#include "common/redis/unreachable.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace stint::redis {

Error with_advice(const Error& cause, bool embedded, const std::string& word) {
  if (cause.code != ErrorCode::kUnavailable) {
    return cause;
  }
  std::string places = word + ", STINT_REDIS_URL or redis.url";
  std::string advice =
      embedded ? "; is stintd running here? Start it, or say where Redis is with " + places +
                     " in the configuration"
               : "; check that this Redis runs and that " + places + " names the right one";
  return {cause.code, "cannot reach Redis at " + cause.message + advice};
}

std::string way_through(const Gate& gate, const std::string& us) {
  if (gate.group_may) {
    return "its users are the group " + gate.group + ": run `sudo adduser " + us + " " +
           gate.group + "` and log in again";
  }
  return "only the user " + gate.owner + " may use it: run `sudo -u " + gate.owner +
         " stint ...`, or let stintd run as a user with a group of its own, as the service does";
}

std::optional<Error> forbidden(const Url& url) {
  if (url.socket.empty() || access(url.socket.c_str(), R_OK | W_OK) == 0 || errno != EACCES) {
    return std::nullopt;
  }
  return Error{ErrorCode::kUnavailable,
               url.display() + ": permission denied; " +
                   way_through(gate_before(url.socket, S_IRGRP | S_IWGRP), user_name(geteuid()))};
}

}  // namespace stint::redis
