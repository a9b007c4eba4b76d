// The configuration, checked, with every default filled in. Read from TOML by daemon and command
// line (config/toml/), handed to workers as JSON in the boot frame.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "common/job/limits.h"
#include "common/redis/url.h"

namespace stint {

struct QueueConfig {
  std::string name = "default";
  int weight = 1;     // 1..1000
  int processes = 0;  // 0 = shares the workers
  LimitsSaid limits;  // retries, backoff, crash_limit, keep
  int64_t keep_max = 100'000;
  int64_t keep_bytes = int64_t{64} << 20;
  int64_t rejected_max = 10'000;
  std::vector<std::string> intake;  // more lists to take raw jobs from
};

struct Config {
  std::string ns = "stint";
  std::string state_dir;  // resolved
  redis::Url redis;       // where it is; for the embedded one its socket
  bool embedded = true;
  std::string durability = "everysec";  // or always
  int64_t maxmemory = 0;                // bytes, resolved from a percentage
  int processes = 1;
  int slots = 1;
  milliseconds shutdown_timeout{25'000};  // 0 = waits for ever
  milliseconds drain_timeout{0};          // 0 = no limit
  int64_t max_jobs = 0;                   // replace a worker after so many; 0 = never
  int64_t max_rss = 0;                    // bytes; 0 = never
  milliseconds sweep_interval{2'000};
  std::vector<std::string> plugin_paths;
  std::map<std::string, std::string> plugin_config;  // NAME -> JSON text of [plugins.NAME.config]
  std::vector<QueueConfig> queues;                   // at least one
  std::map<std::string, LimitsSaid> tasks;           // [tasks.T]
  std::string log_level = "info";
  std::string log_format = "text";  // or json
};

// Built-in limits, then the queue's. The plugin's and [tasks.T] go over it, the job's own over all.
Limits queue_limits(const QueueConfig& queue);

}  // namespace stint
