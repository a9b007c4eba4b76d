// A configuration as JSON, for --check-config and `stint config show`.
#include <nlohmann/json.hpp>

#include "common/config/toml/load.h"
#include "common/text/text.h"

namespace stint {
namespace {

using Json = nlohmann::ordered_json;

void add_limits(Json& out, const LimitsSaid& said) {
  auto duration = [&out](const char* key, const std::optional<milliseconds>& value) {
    if (value) {
      out[key] = format_duration(*value);
    }
  };
  duration("lease", said.lease);
  duration("timeout", said.timeout);
  duration("grace", said.grace);
  duration("keep", said.keep);
  if (said.retries) {
    out["retries"] = *said.retries;
  }
  if (said.crash_limit) {
    out["crash_limit"] = *said.crash_limit;
  }
  if (said.backoff) {
    out["backoff"] = to_string(*said.backoff);
  }
}

// Everything that the queue's jobs get, defaults filled in.
Json queue_to_json(const QueueConfig& queue) {
  Limits limits = queue_limits(queue);
  return {{"weight", queue.weight},
          {"processes", queue.processes},
          {"retries", limits.retries},
          {"backoff", to_string(limits.backoff)},
          {"crash_limit", limits.crash_limit},
          {"keep", format_duration(limits.keep)},
          {"keep_max", queue.keep_max},
          {"keep_bytes", queue.keep_bytes},
          {"rejected_max", queue.rejected_max},
          {"intake", queue.intake}};
}

}  // namespace

std::string config_to_json(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  Json out;
  out["file"] = loaded.file.empty() ? Json(nullptr) : Json(loaded.file);
  out["namespace"] = config.ns;
  out["state_dir"] = config.state_dir;
  out["log_level"] = config.log_level;
  out["log_format"] = config.log_format;
  out["redis"] = {{"url", config.embedded ? "" : config.redis.display()},
                  {"embedded", config.embedded},
                  {"password_file", loaded.password_file}};
  out["embedded"] = {{"durability", config.durability}, {"maxmemory", config.maxmemory}};
  out["workers"] = {{"processes", config.processes},
                    {"slots", config.slots},
                    {"shutdown_timeout", format_duration(config.shutdown_timeout)},
                    {"drain_timeout", format_duration(config.drain_timeout)},
                    {"max_jobs", config.max_jobs},
                    {"max_rss", config.max_rss}};
  out["plugins"] = {{"paths", config.plugin_paths}};
  for (const auto& [name, json] : config.plugin_config) {
    out["plugins"][name] = {{"config", Json::parse(json, nullptr, false)}};
  }
  out["sweep"] = {{"interval", format_duration(config.sweep_interval)}};
  for (const QueueConfig& queue : config.queues) {
    out["queues"][queue.name] = queue_to_json(queue);
  }
  out["tasks"] = Json::object();
  for (const auto& [name, said] : config.tasks) {
    add_limits(out["tasks"][name] = Json::object(), said);
  }
  out["origins"] = loaded.origins;
  out["shadowed"] = Json::array();
  for (const Shadowed& key : loaded.shadowed) {
    out["shadowed"].push_back({{"key", key.key}, {"at", key.at}, {"by", key.by}});
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace stint
