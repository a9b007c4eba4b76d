#include "common/redis/unreachable.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

namespace stint::redis {
namespace {

std::string user_name(uid_t id) {
  const passwd* found = getpwuid(id);  // NOLINT(concurrency-mt-unsafe): one thread
  return found != nullptr ? found->pw_name : std::to_string(id);
}

// Of a socket that exists but may not be reached.
Gate gate_on_the_way(std::filesystem::path path) {
  struct stat info {};
  while (stat(path.c_str(), &info) != 0) {
    if (!path.has_relative_path()) {
      return {"stint", "stint", true};
    }
    path = path.parent_path();
  }
  const group* found = getgrgid(info.st_gid);  // NOLINT(concurrency-mt-unsafe): one thread
  std::string name = found != nullptr ? found->gr_name : std::to_string(info.st_gid);
  mode_t needed = S_ISDIR(info.st_mode) ? S_IXGRP : S_IRGRP | S_IWGRP;
  bool to_be_in = info.st_gid != 0 && name != "nogroup";
  return {user_name(info.st_uid), name, to_be_in && (info.st_mode & needed) == needed};
}

}  // namespace

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
                   way_through(gate_on_the_way(url.socket), user_name(geteuid()))};
}

}  // namespace stint::redis
