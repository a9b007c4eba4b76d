#include "common/config/toml/load.h"

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <sched.h>

#include "common/config/toml/places.h"
#include "common/config/toml/schema.h"
#include "common/config/toml/shadowed.h"
#include "common/job/spec.h"
#include "common/log/log.h"
#include "common/text/text.h"
#include "common/unique_fd.h"

namespace stint {
namespace {

constexpr size_t kMaxFile = size_t{4} << 20;

std::string errno_text() {
  return std::generic_category().message(errno);
}

Result<std::string> read_small_file(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    return Error{ErrorCode::kConfig, path + ": " + errno_text()};
  }
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    ssize_t n = read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return Error{ErrorCode::kConfig, path + ": " + errno_text()};
    }
    if (n == 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<size_t>(n));
    if (text.size() > kMaxFile) {
      return Error{ErrorCode::kConfig,
                   path + ": it is longer than 4 MiB: is it a configuration file?"};
    }
  }
}

// path empty: no file, all defaults.
Result<void> read_file(const std::string& path, LoadedConfig& loaded, FileSays& says) {
  Result<std::string> text = path.empty() ? std::string() : read_small_file(path);
  if (!text.ok()) {
    return text.error();
  }
  Reading reading{path, std::nullopt, &loaded.origins};
  try {
    const toml::table root = toml::parse(*text, path);
    read_schema(reading, root, loaded.config, says);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return Error{ErrorCode::kConfig, path + ":" + std::to_string(at.line) + ":" +
                                         std::to_string(at.column) + ": " +
                                         escape(error.description(), kMaxErrorText)};
  }
  if (reading.error) {
    return *reading.error;
  }
  loaded.file = path;
  return {};
}

int usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

void set_defaults(LoadedConfig& loaded) {
  loaded.config.processes = usable_cpus();
  loaded.config.maxmemory = machine_memory() / 100 * 25;
  loaded.config.plugin_paths = {"/usr/lib/stint/tasks"};
}

// A password from a file of its own: one line.
Result<std::string> read_password(const std::string& path) {
  auto text = read_small_file(path);
  if (!text.ok()) {
    return with_context("the password of Redis", text.error());
  }
  std::string password = text->substr(0, text->find_first_of("\r\n"));
  if (password.empty()) {
    return Error{ErrorCode::kConfig, path + ": the password of Redis should be its first line"};
  }
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
Result<void> resolve_password(redis::Url& url, FileSays& says) {
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
    if (file.empty() || access(file.c_str(), F_OK) != 0) {
      return {};
    }
  }
  auto password = read_password(file);
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
  return resolve_password(config.redis, says);
}

Result<void> usage(std::string_view what, const Result<void>& valid) {
  return valid.ok() ? Result<void>{}
                    : Result<void>{Error{ErrorCode::kInvalid,
                                         std::string(what) + ": " + valid.error().message}};
}

Result<void> apply_namespace(const ConfigFlags& flags, LoadedConfig& loaded) {
  auto from_environment = environment("STINT_NAMESPACE");
  if (!flags.ns && !from_environment) {
    return {};
  }
  loaded.config.ns = flags.ns ? *flags.ns : *from_environment;
  loaded.origins["namespace"] = flags.ns ? flags.words.ns : "STINT_NAMESPACE";
  return usage(loaded.origins["namespace"], check_name(loaded.config.ns));
}

// Tables of queues that are not served say nothing.
void drop_origins_of(const std::vector<QueueConfig>& all, const std::vector<QueueConfig>& chosen,
                     std::map<std::string, std::string>& origins) {
  for (const QueueConfig& queue : all) {
    auto same = [&](const QueueConfig& other) { return other.name == queue.name; };
    if (std::none_of(chosen.begin(), chosen.end(), same)) {
      const std::string prefix = "queues." + queue.name + ".";
      std::erase_if(origins, [&](const auto& origin) {
        return origin.first.starts_with(prefix) &&
               origin.first.find('.', prefix.size()) == std::string::npos;
      });
    }
  }
}

// The queues that are named are the ones that count; one without a table of its own has the
// defaults.
Result<void> apply_queues(const ConfigFlags& flags, LoadedConfig& loaded) {
  Config& config = loaded.config;
  std::vector<std::string> names = flags.queues;
  std::string origin = flags.words.queue;
  if (auto name = environment("STINT_QUEUE"); names.empty() && name) {
    names = {*name};
    origin = "STINT_QUEUE";
  }
  if (names.empty()) {
    if (config.queues.empty()) {
      config.queues.push_back(default_queue("default", loaded.origins));
    }
    return {};
  }
  std::vector<QueueConfig> chosen;
  for (const std::string& name : names) {
    if (auto valid = usage(origin, check_name(name)); !valid.ok()) {
      return valid;
    }
    auto same = [&](const QueueConfig& queue) { return queue.name == name; };
    if (std::find_if(chosen.begin(), chosen.end(), same) != chosen.end()) {
      continue;
    }
    auto known = std::find_if(config.queues.begin(), config.queues.end(), same);
    chosen.push_back(known != config.queues.end() ? *known : default_queue(name, loaded.origins));
  }
  drop_origins_of(config.queues, chosen, loaded.origins);
  config.queues = std::move(chosen);
  loaded.origins["queues"] = origin;
  return {};
}

// Only here is the namespace known for good.
Result<void> check_intake(const ConfigFlags&, LoadedConfig& loaded) {
  for (const QueueConfig& queue : loaded.config.queues) {
    for (const std::string& list : queue.intake) {
      if (list.starts_with(loaded.config.ns + ":")) {
        std::string key = "queues." + queue.name + ".intake";
        std::string message = loaded.origins[key];
        message += ": " + key + " names '";
        message += list + "', a key of stint itself: name lists that other programs fill";
        return Error{ErrorCode::kConfig, std::move(message)};
      }
    }
  }
  return {};
}

Result<void> apply_numbers(const ConfigFlags& flags, LoadedConfig& loaded) {
  Config& config = loaded.config;
  if (flags.processes) {
    config.processes = *flags.processes;
    loaded.origins["workers.processes"] = "--processes";
  }
  if (flags.slots) {
    config.slots = *flags.slots;
    loaded.origins["workers.slots"] = "--slots";
  }
  if (config.processes < 0 || config.processes > 4096) {
    return Error{ErrorCode::kInvalid, "--processes must be from 0 to 4096"};
  }
  if (config.slots < 1 || config.slots > 128) {
    return Error{ErrorCode::kInvalid, "--slots must be from 1 to 128"};
  }
  if (flags.log_level) {
    if (auto level = log::parse_level(*flags.log_level); !level.ok()) {
      return Error{ErrorCode::kInvalid, "--log-level: " + level.error().message};
    }
    config.log_level = *flags.log_level;
    loaded.origins["log_level"] = "--log-level";
  }
  if (flags.log_format) {
    if (auto format = log::parse_format(*flags.log_format); !format.ok()) {
      return Error{ErrorCode::kInvalid, "--log-format: " + format.error().message};
    }
    config.log_format = *flags.log_format;
    loaded.origins["log_format"] = "--log-format";
  }
  if (!flags.plugins.empty()) {
    config.plugin_paths = flags.plugins;
    loaded.origins["plugins.paths"] = "--plugins";
  }
  return {};
}

}  // namespace

Result<LoadedConfig> load_config(const ConfigFlags& flags) {
  LoadedConfig loaded;
  FileSays says;
  set_defaults(loaded);
  Found file = find_config_file(flags.config_file, flags.words.config_file);
  if (auto read = read_file(file.path, loaded, says); !read.ok()) {
    return read.error();
  }
  const FileKeys keys = keys_of_file(loaded, says);
  Found state = find_state_dir(flags.state_dir, flags.words.state_dir, says.state_dir);
  loaded.config.state_dir = absolute(state.path);
  if (!state.origin.empty()) {
    loaded.origins["state_dir"] = state.origin;
  }
  for (auto* step : {apply_namespace, apply_queues, check_intake, apply_numbers}) {
    if (auto applied = step(flags, loaded); !applied.ok()) {
      return applied.error();
    }
  }
  for (std::string& path : loaded.config.plugin_paths) {
    path = absolute(path);
  }
  if (auto resolved = resolve_redis(flags, says, loaded); !resolved.ok()) {
    return resolved.error();
  }
  loaded.shadowed = shadowed_keys(keys, says, loaded);
  return loaded;
}

}  // namespace stint
