// `stint plugin list|run`.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "common/config/toml/load.h"
#include "common/plugin_check.h"
#include "common/text/text.h"
#include "common/worker_program.h"
#include "daemon/cli/output.h"
#include "daemon/cli/table.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

// What [plugins.NAME.config] says of the plugin in this file, as JSON.
Result<std::string> config_of(const Globals& globals, const std::string& file) {
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return loaded.error();
  }
  auto plugins = check_plugins({&file, 1});
  if (!plugins) {
    return plugins.error();
  }
  if (plugins->size() != 1) {
    return Error{ErrorCode::kInvalid, shown(file) + " is a folder; which file of it?"};
  }
  const auto& configs = loaded->config.plugin_config;
  auto found = configs.find(plugins->front().name);
  return found == configs.end() ? "{}" : found->second;
}

// The worker takes our place, so that Ctrl-C and the terminal are its own. Returns on failure.
Error become_worker(const PluginRunOptions& options, const std::string& config) {
  std::vector<std::string> words{"stint-worker", "--run",         options.file,
                                 options.task,   *options.params, options.resource.value_or(""),
                                 config};
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  int error = ENOENT;
  auto places = worker_program_places();
  for (const auto& place : places) {
    (void)execv(place.c_str(), argv.data());
    error = errno == ENOENT ? error : errno;
  }
  return {ErrorCode::kInternal, places.back() + ": " + std::generic_category().message(error)};
}

}  // namespace

ExitCode run_plugin_list(const Globals& globals) {
  Output out(globals);
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return out.fail(loaded.error());
  }
  auto plugins = check_plugins(loaded->config.plugin_paths);
  if (!plugins) {
    return out.fail(plugins.error());
  }
  Table table(
      {{"PLUGIN"}, {"VERSION"}, {"TASKS", Column::Kind::kText}, {"FILE", Column::Kind::kText}});
  for (const auto& plugin : *plugins) {
    if (out.json()) {
      out.line(plugin.json);
    } else {
      table.add(
          {shown(plugin.name), shown(plugin.version), joined(plugin.tasks), shown(plugin.path)});
    }
  }
  table.print(out);
  return ExitCode::kOk;
}

ExitCode run_plugin_run(const Globals& globals, const PluginRunOptions& options) {
  Output out(globals);
  if (options.file.empty() || options.task.empty()) {
    return out.fail({ErrorCode::kInvalid, "stint plugin run FILE TASK [-p JSON]: which?"});
  }
  PluginRunOptions whole = options;
  if (!whole.params) {
    whole.params = "null";
  }
  auto config = config_of(globals, options.file);
  if (!config) {
    return out.fail(config.error());
  }
  return out.fail(become_worker(whole, *config));
}

}  // namespace stint::cli
