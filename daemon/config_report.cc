#include "daemon/config_report.h"

#include <concepts>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/config_warnings.h"
#include "common/plugin_check.h"
#include "common/text/text.h"
#include "daemon/fleet_plan.h"

namespace stint {
namespace {

using Json = nlohmann::ordered_json;

std::string processes_text(std::integral auto n) {
  return std::to_string(n) + (n == 1 ? " process" : " processes");
}

struct Report {
  std::vector<std::string> tasks, warnings;
};

// The plugins as the workers of a start would load them, but without their open(): that may reach
// for the world. On failure: a plugin that would be refused.
Result<Report> examine(const LoadedConfig& loaded) {
  auto plugins = check_plugins(loaded.config.plugin_paths);
  if (!plugins) {
    return explain_plugins(plugins.error(), loaded);
  }
  Report report;
  for (const auto& plugin : *plugins) {
    report.tasks.insert(report.tasks.end(), plugin.tasks.begin(), plugin.tasks.end());
  }
  report.warnings = unused_table_warnings(loaded.config, *plugins);
  return report;
}

void print_text(const LoadedConfig& loaded) {
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
}

void print_tasks(const std::vector<std::string>& tasks) {
  std::cout << "tasks: " << (tasks.empty() ? "none" : joined(tasks)) << "\n" << std::flush;
}

void print_json(const LoadedConfig& loaded, const Report& report) {
  const Config& config = loaded.config;
  auto queues = Json::array();
  for (const auto& queue : config.queues) {
    queues.push_back(
        {{"queue", queue.name}, {"weight", queue.weight}, {"processes", queue.processes}});
  }
  Json all{{"file", loaded.file.empty() ? Json() : Json(loaded.file)},
           {"redis", config.redis.display()},
           {"embedded", config.embedded},
           {"namespace", config.ns},
           {"state_dir", config.state_dir},
           {"plugins", config.plugin_paths},
           {"queues", queues},
           {"workers", plan_posts(config).size()},
           {"slots", config.slots},
           {"tasks", report.tasks},
           {"warnings", report.warnings}};
  std::cout << all.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n" << std::flush;
}

void warn(const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    std::cerr << "stintd: warning: " << warning << "\n";
  }
}

}  // namespace

Result<void> report_config(const LoadedConfig& loaded, bool json) {
  std::vector<std::string> of_file = file_warnings(loaded);
  for (auto& warning : shadowed_warnings(loaded)) {
    of_file.push_back(std::move(warning));
  }
  if (!json) {
    print_text(loaded);
    warn(of_file);
  }
  auto report = examine(loaded);
  if (!report) {
    return report.error();
  }
  if (json) {
    report->warnings.insert(report->warnings.begin(), of_file.begin(), of_file.end());
    print_json(loaded, *report);
    return {};
  }
  print_tasks(report->tasks);
  warn(report->warnings);
  return {};
}

}  // namespace stint
