#include "common/config/toml/redis_place.h"

#include <errno.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/config/toml/places.h"
#include "common/config/toml/small_file.h"
#include "common/redis/url.h"

namespace stint {
namespace {

// A password from a file of its own: one line.
Result<std::string> read_password(const std::string& path, LoadedConfig& loaded) {
  auto file = read_small_file(path);
  if (!file.ok()) {
    return with_context("the password of Redis", file.error());
  }
  std::string password = file->text.substr(0, file->text.find_first_of("\r\n"));
  if (password.empty()) {
    return Error{ErrorCode::kConfig, path + ": the password of Redis should be its first line"};
  }
  note_exposure(path, *file, loaded);
  return password;
}

// Redis' address and where it was said. Only the flag may hold no password: argv is seen by every
// user of the host.
struct RedisSaid {
  std::string url;
  std::string origin;
};

RedisSaid redis_said(const ConfigFlags& flags, const FileSays& says) {
  if (flags.redis) {
    return {*flags.redis, flags.words.redis};
  }
  if (auto url = environment("STINT_REDIS_URL")) {
    return {*url, "STINT_REDIS_URL"};
  }
  return {says.redis_url, ""};
}

// Host, port or socket, and user: whatever the database.
bool same_account(const redis::Url& a, const redis::Url& b) {
  return a.socket == b.socket && a.host == b.host && a.port == b.port && a.user == b.user;
}

// A password_file beside redis.url is that server's: another one, named by --redis or
// STINT_REDIS_URL, must not get the password. Without redis.url beside it, it is for whichever is
// named.
bool password_file_is_for(const redis::Url& url, const FileSays& says) {
  if (says.redis_url.empty()) {
    return true;
  }
  auto configured = redis::parse_url(says.redis_url);
  return configured.ok() && same_account(*configured, url);
}

// A password_file that is not used is forgotten.
Result<void> resolve_password(FileSays& says, LoadedConfig& loaded) {
  redis::Url& url = loaded.config.redis;
  if (!url.password.empty() || !password_file_is_for(url, says)) {
    says.password_file.clear();
  }
  if (!url.password.empty()) {
    return {};
  }
  std::string file = says.password_file;
  if (file.empty()) {
    auto folder = environment("CREDENTIALS_DIRECTORY");
    file = folder ? *folder + "/redis-password" : "";
    if (file.empty() || (access(file.c_str(), F_OK) != 0 && errno == ENOENT)) {
      return {};
    }
    loaded.password_file = file;
    loaded.origins["redis.password_file"] = "CREDENTIALS_DIRECTORY";
  }
  auto password = read_password(file, loaded);
  if (!password.ok()) {
    return password.error();
  }
  url.password = *password;
  return {};
}

Result<void> resolve_embedded(LoadedConfig& loaded) {
  Config& config = loaded.config;
  config.redis.socket = config.state_dir + "/redis.sock";
  if (config.redis.socket.size() < sizeof(sockaddr_un{}.sun_path)) {
    return {};
  }
  return Error{ErrorCode::kConfig, loaded.origins["state_dir"] + ": state_dir is too long (" +
                                       std::to_string(config.state_dir.size()) +
                                       " bytes) for the socket of the embedded Redis: at most 96"};
}

}  // namespace

Result<void> resolve_redis(const ConfigFlags& flags, FileSays& says, LoadedConfig& loaded) {
  Config& config = loaded.config;
  RedisSaid said = redis_said(flags, says);
  config.embedded = said.url.empty();
  if (config.embedded) {
    says.password_file.clear();
    return resolve_embedded(loaded);
  }
  auto url = redis::parse_url(said.url);
  bool in_file = said.origin.empty();
  if (!url.ok()) {
    return Error{in_file ? ErrorCode::kConfig : ErrorCode::kInvalid,
                 (in_file ? loaded.origins["redis.url"] + ": redis.url" : said.origin) + ": " +
                     url.error().message};
  }
  if (flags.redis && flags.words.in_argv && !url->password.empty()) {
    return Error{
        ErrorCode::kInvalid,
        said.origin +
            ": a password on the command line is seen by every user of this host: put the URL "
            "into "
            "STINT_REDIS_URL, or the password into redis.password_file or a systemd credential"};
  }
  config.redis = *url;
  if (!in_file) {
    loaded.origins["redis.url"] = said.origin;
  }
  return resolve_password(says, loaded);
}

}  // namespace stint
