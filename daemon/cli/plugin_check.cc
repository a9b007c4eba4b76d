#include "common/plugin_check.h"

#include "client/json_object.h"
#include "common/plugin_file.h"
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

void print(const Output& out, const std::vector<CheckedPlugin>& plugins) {
  for (const auto& plugin : plugins) {
    out.line(out.json() ? plugin.json : line_of(plugin));
  }
}

void refuse(const Output& out, const std::string& path, const std::string& why) {
  if (out.json()) {
    out.line(JsonObject()
                 .text("path", std::string_view(path))
                 .text("error", std::string_view(why))
                 .str());
  }
  bool is_named = why.find(path) != std::string::npos;
  out.complain(is_named ? why : "plugin " + path + ": " + why);
}

// Each by itself, so that one that is refused hides nothing of the others. together: why all of
// them are refused.
ExitCode check_each(const Output& out, const std::vector<std::string>& paths,
                    const Error& together) {
  bool any = false;
  std::vector<std::string> readable;
  for (const auto& path : paths) {
    if (auto found = find_plugin_files({&path, 1})) {
      readable.push_back(path);
    } else {
      refuse(out, path, found.error().message);
      any = true;
    }
  }
  auto files = find_plugin_files(readable);
  if (!files) {
    return out.fail(files.error());
  }
  for (const auto& file : *files) {
    auto plugin = check_plugins({&file, 1});
    if (plugin) {
      print(out, *plugin);
    } else if (plugin.error().code == ErrorCode::kConfig) {
      refuse(out, file, plugin.error().message);
      any = true;
    } else {
      return out.fail(plugin.error());
    }
  }
  return any ? ExitCode::kConfig : out.fail(together);  // one takes a name of another
}

}  // namespace

ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files) {
  Output out(globals);
  if (files.empty()) {
    return out.fail({ErrorCode::kInvalid, "which plugin? stint plugin check FILE..."});
  }
  auto plugins = check_plugins(files);
  if (!plugins) {
    return plugins.error().code == ErrorCode::kConfig ? check_each(out, files, plugins.error())
                                                      : out.fail(plugins.error());
  }
  print(out, *plugins);
  auto empty = folders_without_plugins(files);
  for (const auto& folder : empty) {
    out.complain("no plugin (*.so) is in " + folder);
  }
  return empty.empty() ? ExitCode::kOk : ExitCode::kUsage;
}

}  // namespace stint::cli
