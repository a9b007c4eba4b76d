#include "common/config/boot.h"

#include <exception>

#include <nlohmann/json.hpp>

namespace stint {
namespace {

using Json = nlohmann::json;

// Each type is written and read by a pair of functions that name the same members in the same
// order.
Json write_said(const LimitsSaid& said) {
  Json out = Json::object();
  auto put_ms = [&](const char* name, const std::optional<milliseconds>& value) {
    if (value) {
      out[name] = value->count();
    }
  };
  put_ms("lease", said.lease);
  put_ms("timeout", said.timeout);
  put_ms("grace", said.grace);
  put_ms("keep", said.keep);
  if (said.retries) {
    out["retries"] = *said.retries;
  }
  if (said.crash_limit) {
    out["crash_limit"] = *said.crash_limit;
  }
  if (said.backoff) {
    out["backoff"] = said.backoff->encoded;
  }
  return out;
}

LimitsSaid read_said(const Json& in) {
  LimitsSaid said;
  auto get_ms = [&](const char* name, std::optional<milliseconds>& value) {
    if (auto it = in.find(name); it != in.end()) {
      value = milliseconds(it->get<int64_t>());
    }
  };
  get_ms("lease", said.lease);
  get_ms("timeout", said.timeout);
  get_ms("grace", said.grace);
  get_ms("keep", said.keep);
  if (auto it = in.find("retries"); it != in.end()) {
    said.retries = it->get<int>();
  }
  if (auto it = in.find("crash_limit"); it != in.end()) {
    said.crash_limit = it->get<int>();
  }
  if (auto it = in.find("backoff"); it != in.end()) {
    said.backoff = Backoff{it->get<int64_t>()};
  }
  return said;
}

Json write_queue(const QueueConfig& queue) {
  return {{"name", queue.name},
          {"weight", queue.weight},
          {"processes", queue.processes},
          {"limits", write_said(queue.limits)},
          {"keep_max", queue.keep_max},
          {"keep_bytes", queue.keep_bytes},
          {"rejected_max", queue.rejected_max},
          {"intake", queue.intake}};
}

QueueConfig read_queue(const Json& in) {
  QueueConfig queue;
  in.at("name").get_to(queue.name);
  in.at("weight").get_to(queue.weight);
  in.at("processes").get_to(queue.processes);
  queue.limits = read_said(in.at("limits"));
  in.at("keep_max").get_to(queue.keep_max);
  in.at("keep_bytes").get_to(queue.keep_bytes);
  in.at("rejected_max").get_to(queue.rejected_max);
  in.at("intake").get_to(queue.intake);
  return queue;
}

Json write_url(const redis::Url& url) {
  return {{"socket", url.socket}, {"host", url.host}, {"port", url.port},
          {"db", url.db},         {"user", url.user}, {"password", url.password}};
}

redis::Url read_url(const Json& in) {
  redis::Url url;
  in.at("socket").get_to(url.socket);
  in.at("host").get_to(url.host);
  in.at("port").get_to(url.port);
  in.at("db").get_to(url.db);
  in.at("user").get_to(url.user);
  in.at("password").get_to(url.password);
  return url;
}

Json write_config(const Config& config) {
  Json out = {{"namespace", config.ns},
              {"state_dir", config.state_dir},
              {"redis", write_url(config.redis)},
              {"embedded", config.embedded},
              {"durability", config.durability},
              {"maxmemory", config.maxmemory},
              {"processes", config.processes},
              {"slots", config.slots},
              {"shutdown_timeout", config.shutdown_timeout.count()},
              {"drain_timeout", config.drain_timeout.count()},
              {"max_jobs", config.max_jobs},
              {"max_rss", config.max_rss},
              {"sweep_interval", config.sweep_interval.count()},
              {"plugin_paths", config.plugin_paths},
              {"plugin_config", config.plugin_config},
              {"queues", Json::array()},
              {"tasks", Json::object()},
              {"log_level", config.log_level},
              {"log_format", config.log_format}};
  for (const auto& queue : config.queues) {
    out["queues"].push_back(write_queue(queue));
  }
  for (const auto& [task, said] : config.tasks) {
    out["tasks"][task] = write_said(said);
  }
  return out;
}

Config read_config(const Json& in) {
  Config config;
  auto ms = [&](const char* name) { return milliseconds(in.at(name).get<int64_t>()); };
  in.at("namespace").get_to(config.ns);
  in.at("state_dir").get_to(config.state_dir);
  config.redis = read_url(in.at("redis"));
  in.at("embedded").get_to(config.embedded);
  in.at("durability").get_to(config.durability);
  in.at("maxmemory").get_to(config.maxmemory);
  in.at("processes").get_to(config.processes);
  in.at("slots").get_to(config.slots);
  config.shutdown_timeout = ms("shutdown_timeout");
  config.drain_timeout = ms("drain_timeout");
  in.at("max_jobs").get_to(config.max_jobs);
  in.at("max_rss").get_to(config.max_rss);
  config.sweep_interval = ms("sweep_interval");
  in.at("plugin_paths").get_to(config.plugin_paths);
  in.at("plugin_config").get_to(config.plugin_config);
  for (const auto& queue : in.at("queues")) {
    config.queues.push_back(read_queue(queue));
  }
  for (const auto& [task, said] : in.at("tasks").items()) {
    config.tasks[task] = read_said(said);
  }
  in.at("log_level").get_to(config.log_level);
  in.at("log_format").get_to(config.log_format);
  return config;
}

}  // namespace

std::string boot_to_json(const Boot& boot) {
  Json out = {{"worker", boot.worker}, {"index", boot.index},
              {"host", boot.host},     {"supervised", boot.supervised},
              {"queues", boot.queues}, {"config", write_config(boot.config)}};
  // A path that is not UTF-8 must not throw here; the file of such a name will then not be found,
  // and that is said.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Boot> boot_from_json(std::string_view text) {
  try {
    Json in = Json::parse(text);
    Boot boot;
    in.at("worker").get_to(boot.worker);
    in.at("index").get_to(boot.index);
    in.at("host").get_to(boot.host);
    in.at("supervised").get_to(boot.supervised);
    in.at("queues").get_to(boot.queues);
    boot.config = read_config(in.at("config"));
    return boot;
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalid, std::string("boot frame: ") + error.what()};
  }
}

}  // namespace stint
