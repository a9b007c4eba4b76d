#include "common/config/toml/shadowed.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace stint {
namespace {

bool is_served(const Config& config, const std::string& name) {
  return std::any_of(config.queues.begin(), config.queues.end(),
                     [&name](const QueueConfig& queue) { return queue.name == name; });
}

std::string origin_of(const LoadedConfig& loaded, const std::string& key) {
  auto found = loaded.origins.find(key);
  return found == loaded.origins.end() ? "" : found->second;
}

// The value is in force, and yet nothing asks for it: by which other key.
std::optional<std::string> made_moot(const std::string& key, const LoadedConfig& loaded,
                                     const FileSays& says) {
  const Config& config = loaded.config;
  std::string redis = origin_of(loaded, "redis.url");
  if (key.starts_with("embedded.") && !config.embedded) {
    return redis.find(':') == std::string::npos ? redis : "redis.url";
  }
  if (key == "redis.password_file" && says.password_file.empty()) {
    return config.embedded
               ? "the embedded Redis, which has no password"
               : "the Redis that is used, which is another or has its password in its URL";
  }
  auto has_own = [](const QueueConfig& queue) { return queue.processes > 0; };
  if (key == "workers.processes" &&
      std::all_of(config.queues.begin(), config.queues.end(), has_own)) {
    return "queues.*.processes: every queue has processes of its own";
  }
  for (const QueueConfig& queue : config.queues) {
    if (has_own(queue) && key == "queues." + queue.name + ".weight") {
      return "queues." + queue.name + ".processes: a queue with its own shares none";
    }
  }
  return std::nullopt;
}

}  // namespace

FileKeys keys_of_file(const LoadedConfig& loaded, const FileSays& says) {
  FileKeys keys = loaded.origins;
  std::erase_if(keys, [](const auto& key) { return key.second == "default"; });
  for (const auto& [key, text] : {std::pair("redis.url", &says.redis_url),
                                  std::pair("redis.password_file", &says.password_file),
                                  std::pair("state_dir", &says.state_dir)}) {
    if (text->empty()) {
      keys.erase(key);
    }
  }
  return keys;
}

std::vector<Shadowed> shadowed_keys(const FileKeys& keys, const FileSays& says,
                                    const LoadedConfig& loaded) {
  std::vector<Shadowed> shadowed;
  for (const auto& [queue, at] : says.queues_at) {
    if (!is_served(loaded.config, queue)) {
      shadowed.push_back({"[queues." + queue + "]", at, origin_of(loaded, "queues")});
    }
  }
  for (const auto& [key, at] : keys) {
    std::string now = origin_of(loaded, key);
    if (now.empty()) {
      continue;  // of a queue that is not served
    }
    if (now != at) {
      shadowed.push_back({key, at, now});
    } else if (auto by = made_moot(key, loaded, says)) {
      shadowed.push_back({key, at, *by});
    }
  }
  return shadowed;
}

}  // namespace stint
