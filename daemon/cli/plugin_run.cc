// `stint plugin list|run`.
#include "common/config/toml/load.h"
#include "common/config_warnings.h"
#include "common/plugin_check.h"
#include "common/text/text.h"
#include "daemon/cli/output.h"
#include "daemon/cli/plugin_verdicts.h"
#include "daemon/cli/table.h"
#include "daemon/cli/tools.h"
#include "daemon/cli/trial_process.h"

namespace stint::cli {
namespace {

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

ExitCode say_crash(const Output& out, const TrialEnd& end) {
  bool by_task = end.how == TrialEnd::How::kTaskCrashed;
  out.complain_lines((by_task ? "the task crashed: " : "the plugin crashed outside of its task: ") +
                     end.exit.describe() + (end.backtrace.empty() ? "" : "\n" + end.backtrace));
  return by_task ? ExitCode::kJobFailed : ExitCode::kConfig;
}

}  // namespace

ExitCode run_plugin_list(const Globals& globals) {
  Output out(globals);
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return out.fail(loaded.error());
  }
  auto plugins = judge_plugins(loaded->config.plugin_paths);
  if (!plugins) {
    return out.fail(plugins.error());
  }
  for (const auto& [path, why] : plugins->refused) {
    print_refused(out, {path, explain_plugins({ErrorCode::kConfig, why}, *loaded).message});
  }
  Table table(
      {{"PLUGIN"}, {"VERSION"}, {"TASKS", Column::Kind::kText}, {"FILE", Column::Kind::kText}});
  for (const auto& plugin : plugins->good) {
    if (out.json()) {
      out.line(plugin.json);
    } else {
      table.add(
          {shown(plugin.name), shown(plugin.version), joined(plugin.tasks), shown(plugin.path)});
    }
  }
  table.print(out);
  return plugins->refused.empty() ? ExitCode::kOk : ExitCode::kConfig;
}

ExitCode run_plugin_run(const Globals& globals, const PluginRunOptions& options) {
  Output out(globals);
  if (options.file.empty() || options.task.empty()) {
    return out.fail({ErrorCode::kInvalid, "stint plugin run FILE TASK [-p JSON]: which?"});
  }
  auto config = config_of(globals, options.file);
  if (!config) {
    return out.fail(config.error());
  }
  auto end = run_trial_process({"stint-worker", "--run", options.file, options.task,
                                options.params.value_or("null"), options.resource.value_or("")},
                               *config);
  if (!end) {
    return out.fail(end.error());
  }
  // Its verdict is an exit code of ours.
  return end->how == TrialEnd::How::kByItself ? ExitCode{end->exit.code} : say_crash(out, *end);
}

}  // namespace stint::cli
