#include "common/config/toml/schema.h"

#include <unistd.h>

#include "common/config/toml/toml_json.h"
#include "common/job/spec.h"
#include "common/redis/url.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr milliseconds kNoTime{0};
constexpr int kMaxProcesses = 4096;
constexpr int kMaxSlotsConfigured = 128;  // as many as a flight recorder has
constexpr int64_t kMany = 1'000'000'000'000;
constexpr int64_t kLeastMemory = int64_t{4} << 20;  // an empty Redis needs one

Result<void> set_backoff(const std::string& text, std::optional<Backoff>& out) {
  auto backoff = parse_backoff(text);
  if (!backoff.ok()) {
    return backoff.error();
  }
  out = *backoff;
  return {};
}

// What queues and tasks may both say of their jobs.
void read_budgets(TableReader& table, LimitsSaid& limits) {
  table.integer("retries", 0, kMaxRetries,
                [&](int64_t n) { limits.retries = static_cast<int>(n); });
  table.integer("crash_limit", 1, kMaxRetries,
                [&](int64_t n) { limits.crash_limit = static_cast<int>(n); });
  table.parsed("backoff",
               [&](const std::string& text) { return set_backoff(text, limits.backoff); });
  table.duration("keep", kNoTime, kMaxDuration, [&](milliseconds d) { limits.keep = d; });
}

// Keys of Redis, by their full names.
void check_intake_lists(TableReader& table, const QueueConfig& queue) {
  for (const std::string& list : queue.intake) {
    if (list.empty() || has_control(list)) {
      table.reading().fail(*table.find("intake"),
                           table.dotted("intake") + " must name lists of Redis");
    }
  }
}

void read_queue(TableReader& table, QueueConfig& queue) {
  table.integer("weight", 1, 1000, [&](int64_t n) { queue.weight = static_cast<int>(n); });
  table.integer("processes", 0, kMaxProcesses,
                [&](int64_t n) { queue.processes = static_cast<int>(n); });
  read_budgets(table, queue.limits);
  table.integer("keep_max", 0, kMany, [&](int64_t n) { queue.keep_max = n; });
  table.size("keep_bytes", 0, 0, queue.keep_bytes);
  table.integer("rejected_max", 0, 1'000'000, [&](int64_t n) { queue.rejected_max = n; });
  table.text_list("intake", queue.intake);
  check_intake_lists(table, queue);
  table.done();
}

void read_task(TableReader& table, LimitsSaid& limits) {
  table.duration("lease", kMinLease, kMaxDuration, [&](milliseconds d) { limits.lease = d; });
  table.duration("timeout", kNoTime, kMaxDuration, [&](milliseconds d) { limits.timeout = d; });
  table.duration("grace", kNoTime, kMaxDuration, [&](milliseconds d) { limits.grace = d; });
  read_budgets(table, limits);
  table.done();
}

void read_workers(TableReader& table, Config& config) {
  table.integer("processes", 0, kMaxProcesses,
                [&](int64_t n) { config.processes = static_cast<int>(n); });
  table.integer("slots", 1, kMaxSlotsConfigured,
                [&](int64_t n) { config.slots = static_cast<int>(n); });
  table.duration("shutdown_timeout", kNoTime, kMaxDuration,
                 [&](milliseconds d) { config.shutdown_timeout = d; });
  table.duration("drain_timeout", kNoTime, kMaxDuration,
                 [&](milliseconds d) { config.drain_timeout = d; });
  table.integer("max_jobs", 0, kMany, [&](int64_t n) { config.max_jobs = n; });
  table.size("max_rss", 0, 0, config.max_rss);
  table.done();
}

// Empty: the embedded one.
Result<void> check_url(const std::string& text) {
  if (text.empty()) {
    return {};
  }
  const auto url = redis::parse_url(text);
  return url.ok() ? Result<void>{} : Result<void>{url.error()};
}

void read_plugins(TableReader& table, Config& config) {
  table.text_list("paths", config.plugin_paths);
}

// [plugins.NAME.config] is the plugin's own: any key is allowed there, and it is handed on as JSON.
void read_plugin_configs(Reading& reading, const toml::table& plugins, Config& config) {
  for (const auto& [name, node] : plugins) {
    if (name.str() == "paths" || reading.error) {
      continue;
    }
    std::string path = "plugins." + std::string(name.str());
    if (!node.is_table()) {
      reading.fail(node, std::string("unknown key '")
                             .append(path)
                             .append("': a plugin's own settings stand in [")
                             .append(path)
                             .append(".config]"));
      return;
    }
    TableReader plugin(reading, *node.as_table(), path);
    if (const toml::node* own = plugin.find("config")) {
      if (!own->is_table()) {
        reading.fail(*own, path + ".config must be a table");
        return;
      }
      config.plugin_config[std::string(name.str())] =
          table_to_json(reading, *own->as_table(), path + ".config");
      plugin.found("config", *own);
    }
    plugin.done();
  }
}

void read_named_tables(TableReader& root, Config& config, FileSays& says) {
  Reading& reading = root.reading();
  root.each_table("queues", [&](const std::string& name, const toml::table& table) {
    if (auto valid = check_name(name); !valid.ok()) {
      reading.fail(table, "queue: " + valid.error().message);
      return;
    }
    QueueConfig& queue = config.queues.emplace_back();
    queue.name = name;
    says.queues_at[name] = reading.place(table);
    TableReader reader(reading, table, "queues." + name);
    read_queue(reader, queue);
  });
  root.each_table("tasks", [&](const std::string& name, const toml::table& table) {
    if (auto valid = check_task_id(name); !valid.ok()) {
      reading.fail(table, "task: " + valid.error().message);
      return;
    }
    TableReader reader(reading, table, "tasks." + name, TableReader::Absent::kSilent);
    read_task(reader, config.tasks[name]);
  });
}

}  // namespace

QueueConfig default_queue(const std::string& name, std::map<std::string, std::string>& origins) {
  const toml::table empty;
  Reading reading{"", std::nullopt, &origins};
  TableReader table(reading, empty, "queues." + name);
  QueueConfig queue;
  queue.name = name;
  read_queue(table, queue);
  return queue;
}

int64_t machine_memory() {
  return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
}

void read_schema(Reading& reading, const toml::table& root_table, Config& config, FileSays& says) {
  TableReader root(reading, root_table, "");
  root.parsed("namespace", [&](const std::string& text) {
    config.ns = text;
    return check_name(text);
  });
  root.text("state_dir", says.state_dir);
  root.choice("log_level", config.log_level, {"debug", "info", "warning", "error"});
  root.choice("log_format", config.log_format, {"text", "json"});
  root.table("redis", [&](TableReader& table) {
    table.parsed("url", [&](const std::string& text) {
      says.redis_url = text;
      return check_url(text);
    });
    table.text("password_file", says.password_file);
    table.done();
  });
  root.table("embedded", [&](TableReader& table) {
    table.choice("durability", config.durability, {"everysec", "always"});
    table.size("maxmemory", machine_memory(), kLeastMemory, config.maxmemory);
    table.done();
  });
  root.table("workers", [&](TableReader& table) { read_workers(table, config); });
  root.table("plugins", [&](TableReader& table) { read_plugins(table, config); });
  if (const toml::table* plugins = root_table["plugins"].as_table()) {
    read_plugin_configs(reading, *plugins, config);
  }
  root.table("sweep", [&](TableReader& table) {
    table.duration("interval", milliseconds(100), milliseconds(3'600'000),
                   [&](milliseconds d) { config.sweep_interval = d; });
    table.done();
  });
  read_named_tables(root, config, says);
  root.done();
}

}  // namespace stint
