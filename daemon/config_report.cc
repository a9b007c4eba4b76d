#include "daemon/config_report.h"

#include <concepts>
#include <iostream>
#include <string>

#include "common/config_warnings.h"
#include "common/plugin_check.h"
#include "daemon/fleet_plan.h"

namespace stint {
namespace {

std::string processes_text(std::integral auto n) {
  return std::to_string(n) + (n == 1 ? " process" : " processes");
}

void warn(const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    std::cerr << "stintd: warning: " << warning << "\n";
  }
}

// The plugins as the workers of a start would load them, but without their open(): that may reach
// for the world.
Result<void> print_tasks(const Config& config) {
  auto plugins = check_plugins(config.plugin_paths);
  if (!plugins) {
    return plugins.error();
  }
  std::string tasks;
  for (const auto& plugin : *plugins) {
    for (const auto& task : plugin.tasks) {
      tasks += (tasks.empty() ? "" : ", ") + task;
    }
  }
  std::cout << "tasks: " << (tasks.empty() ? "none" : tasks) << "\n" << std::flush;
  warn(unused_table_warnings(config, *plugins));
  return {};
}

}  // namespace

Result<void> report_config(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  std::cout << "configuration: "
            << (loaded.file.empty() ? "defaults, no file was found" : loaded.file) << "\n"
            << "redis: " << config.redis.display() << (config.embedded ? " (embedded)" : "") << "\n"
            << "namespace: " << config.ns << "\nstate directory: " << config.state_dir << "\n";
  for (const auto& path : config.plugin_paths) {
    std::cout << "plugins: " << path << "\n";
  }
  for (const auto& queue : config.queues) {
    std::cout << "queue: " << queue.name << ", weight " << queue.weight << ", "
              << (queue.processes > 0 ? processes_text(queue.processes) + " of its own"
                                      : "shared workers")
              << "\n";
  }
  std::cout << "workers: " << processes_text(plan_posts(config).size()) << " of " << config.slots
            << (config.slots == 1 ? " slot\n" : " slots\n") << std::flush;
  warn(shadowed_warnings(loaded));
  return print_tasks(config);
}

}  // namespace stint
