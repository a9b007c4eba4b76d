#include "common/config/toml/load.h"

#include <algorithm>

#include <sched.h>

#include "common/config/toml/places.h"
#include "common/config/toml/redis_place.h"
#include "common/config/toml/schema.h"
#include "common/config/toml/shadowed.h"
#include "common/config/toml/small_file.h"
#include "common/job/spec.h"
#include "common/log/log.h"
#include "common/redis/url.h"
#include "common/text/text.h"

namespace stint {
namespace {

// path empty: no file, all defaults.
Result<void> read_file(const std::string& path, LoadedConfig& loaded, FileSays& says) {
  Result<SmallFile> file = path.empty() ? SmallFile() : read_small_file(path);
  if (!file.ok()) {
    return file.error();
  }
  Reading reading{path, std::nullopt, &loaded.origins};
  try {
    const toml::table root = toml::parse(file->text, path);
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
  loaded.password_file = says.password_file;
  if (auto url = redis::parse_url(says.redis_url); url.ok() && !url->password.empty()) {
    note_exposure(path, *file, loaded);
  }
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
  loaded.config.plugin_paths = {default_plugin_folder()};
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

// A script's variable that was empty: neither the default, the root folder nor the Redis of this
// host was meant.
Result<void> refuse_empty(const ConfigFlags& flags) {
  for (const auto& [said, word] : {std::pair(&flags.config_file, flags.words.config_file),
                                   std::pair(&flags.redis, flags.words.redis),
                                   std::pair(&flags.state_dir, flags.words.state_dir)}) {
    if (*said && (*said)->empty()) {
      return Error{ErrorCode::kInvalid,
                   std::string(word) + ": is empty; leave it out for the default"};
    }
  }
  return {};
}

}  // namespace

Result<LoadedConfig> load_config(const ConfigFlags& flags) {
  if (auto said = refuse_empty(flags); !said.ok()) {
    return said.error();
  }
  LoadedConfig loaded;
  FileSays says;
  set_defaults(loaded);
  Found file = find_config_file(flags.config_file, flags.words.config_file);
  loaded.passed_over = file.passed_over;
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
