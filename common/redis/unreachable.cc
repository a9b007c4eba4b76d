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

// A socket that exists but may not be reached: the group to which the way there belongs.
std::string group_on_the_way(std::filesystem::path path) {
  struct stat info {};
  while (stat(path.c_str(), &info) != 0) {
    if (!path.has_relative_path()) {
      return "stint";
    }
    path = path.parent_path();
  }
  const group* found = getgrgid(info.st_gid);  // NOLINT(concurrency-mt-unsafe): one thread
  return found != nullptr ? found->gr_name : std::to_string(info.st_gid);
}

std::string user_name() {
  const passwd* found = getpwuid(geteuid());  // NOLINT(concurrency-mt-unsafe): one thread
  return found != nullptr ? found->pw_name : std::to_string(geteuid());
}

}  // namespace

Error with_advice(const Error& cause, bool embedded) {
  if (cause.code != ErrorCode::kUnavailable) {
    return cause;
  }
  std::string advice = embedded
                           ? "; is stintd running here? Start it, or say where Redis is with "
                             "--redis URL, STINT_REDIS_URL or redis.url in the configuration"
                           : "; check that this Redis runs and that --redis, STINT_REDIS_URL or "
                             "redis.url names the right one";
  return {cause.code, "cannot reach Redis at " + cause.message + advice};
}

std::optional<Error> forbidden(const Url& url) {
  if (url.socket.empty() || access(url.socket.c_str(), R_OK | W_OK) == 0 || errno != EACCES) {
    return std::nullopt;
  }
  std::string group = group_on_the_way(url.socket);
  return Error{ErrorCode::kUnavailable,
               url.display() + ": permission denied; its users are the group " + group +
                   ": run `sudo adduser " + user_name() + " " + group + "` and log in again"};
}

}  // namespace stint::redis
