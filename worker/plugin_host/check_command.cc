#include "worker/plugin_host/check_command.h"

#include <cstdio>

#include "common/exit_code.h"
#include "common/text/text.h"
#include "worker/plugin_host/plugin.h"

namespace stint {

namespace {

void add_member(std::string& json, const char* name, int64_t value) {
  json += json.size() > 1 ? "," : "";
  json += json_string(name) + ":" + std::to_string(value);
}

std::string limits_json(const LimitsSaid& said) {
  std::string json = "{";
  if (said.lease) {
    add_member(json, "lease", said.lease->count());
  }
  if (said.timeout) {
    add_member(json, "timeout", said.timeout->count());
  }
  if (said.grace) {
    add_member(json, "grace", said.grace->count());
  }
  if (said.retries) {
    add_member(json, "retries", *said.retries);
  }
  if (said.crash_limit) {
    add_member(json, "crash_limit", *said.crash_limit);
  }
  return json + "}";
}

std::string plugin_json(const Plugin& plugin) {
  std::string tasks;
  for (const Task& task : plugin.tasks()) {
    tasks += tasks.empty() ? "" : ",";
    tasks += "{\"id\":" + json_string(task.id) + ",\"limits\":" + limits_json(task.said) + "}";
  }
  auto text = [](const std::string& bytes) {
    return json_string(to_utf8(bytes, kMaxResourceBytes));
  };
  return "{\"path\":" + text(plugin.path()) + ",\"name\":" + text(plugin.name()) +
         ",\"version\":" + text(plugin.version()) + ",\"abi\":" + text(plugin.abi()) +
         ",\"tasks\":[" + tasks + "]}";
}

}  // namespace

int run_check(const std::vector<std::string>& paths) {
  auto plugins = load_plugins(paths);
  auto tasks = plugins ? make_task_table(*plugins, {}) : Result<TaskTable>(plugins.error());
  if (!tasks) {
    (void)std::fprintf(stderr, "%s\n", tasks.error().message.c_str());
    return to_int(ExitCode::kConfig);
  }
  for (const Plugin& plugin : *plugins) {
    (void)std::printf("%s\n", plugin_json(plugin).c_str());
  }
  (void)std::fflush(stdout);
  return to_int(ExitCode::kOk);
}

}  // namespace stint
