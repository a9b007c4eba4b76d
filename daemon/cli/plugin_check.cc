#include "common/plugin_check.h"

#include "common/text/text.h"
#include "daemon/cli/output.h"
#include "daemon/cli/plugin_verdicts.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

std::string line_of(const CheckedPlugin& plugin) {
  return shown(plugin.path) + ": plugin " + shown(plugin.name) +
         (plugin.version.empty() ? "" : " " + shown(plugin.version)) +
         (plugin.tasks.size() == 1 ? ", task " : ", tasks ") + shown(joined(plugin.tasks));
}

}  // namespace

ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files) {
  Output out(globals);
  if (files.empty()) {
    return out.fail({ErrorCode::kInvalid, "which plugin? stint plugin check FILE..."});
  }
  auto plugins = judge_plugins(files);
  if (!plugins) {
    return out.fail(plugins.error());
  }
  for (const auto& refused : plugins->refused) {
    print_refused(out, refused);
  }
  for (const auto& plugin : plugins->good) {
    out.line(out.json() ? plugin.json : line_of(plugin));
  }
  if (!plugins->refused.empty()) {
    return ExitCode::kConfig;
  }
  auto empty = folders_without_plugins(files);
  for (const auto& folder : empty) {
    out.complain("no plugin (*.so) is in " + folder);
  }
  return empty.empty() ? ExitCode::kOk : ExitCode::kUsage;
}

}  // namespace stint::cli
