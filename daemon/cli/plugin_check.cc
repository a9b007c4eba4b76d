#include "common/plugin_check.h"

#include "common/text/text.h"
#include "daemon/cli/output.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

std::string line_of(const CheckedPlugin& plugin) {
  std::string tasks;
  for (const auto& task : plugin.tasks) {
    tasks += (tasks.empty() ? "" : ", ") + task;
  }
  return shown(plugin.path) + ": plugin " + shown(plugin.name) +
         (plugin.version.empty() ? "" : " " + shown(plugin.version)) +
         (plugin.tasks.size() == 1 ? ", task " : ", tasks ") + shown(tasks);
}

}  // namespace

ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files) {
  Output out(globals);
  if (files.empty()) {
    return out.fail({ErrorCode::kInvalid, "which plugin? stint plugin check FILE..."});
  }
  auto plugins = check_plugins(files);
  if (!plugins) {
    return out.fail(plugins.error());
  }
  for (const auto& plugin : *plugins) {
    out.line(out.json() ? plugin.json : line_of(plugin));
  }
  auto empty = folders_without_plugins(files);
  for (const auto& folder : empty) {
    out.complain("no plugin (*.so) is in " + folder);
  }
  return empty.empty() ? ExitCode::kOk : ExitCode::kUsage;
}

}  // namespace stint::cli
