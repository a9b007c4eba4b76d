#include "daemon/cli/plugin_verdicts.h"

#include <utility>

#include "client/json_object.h"
#include "common/plugin_file.h"

namespace stint::cli {

Result<PluginVerdicts> judge_plugins(std::span<const std::string> paths) {
  auto together = check_plugins(paths);
  if (together) {
    return PluginVerdicts{std::move(*together), {}};
  }
  if (together.error().code != ErrorCode::kConfig) {
    return together.error();
  }
  PluginVerdicts verdicts;
  std::vector<std::string> readable;
  for (const auto& path : paths) {
    if (auto found = find_plugin_files({&path, 1})) {
      readable.push_back(path);
    } else {
      verdicts.refused.push_back({path, found.error().message});
    }
  }
  auto files = find_plugin_files(readable);
  if (!files) {
    return files.error();
  }
  for (const auto& file : *files) {
    auto plugin = check_plugins({&file, 1});
    if (plugin) {
      verdicts.good.insert(verdicts.good.end(), plugin->begin(), plugin->end());
    } else if (plugin.error().code == ErrorCode::kConfig) {
      verdicts.refused.push_back({file, plugin.error().message});
    } else {
      return plugin.error();
    }
  }
  if (verdicts.refused.empty()) {
    return together.error();
  }
  return verdicts;
}

void print_refused(const Output& out, const PluginVerdicts::Refused& refused) {
  const auto& [path, why] = refused;
  if (out.json()) {
    out.line(JsonObject()
                 .text("path", std::string_view(path))
                 .text("error", std::string_view(why))
                 .str());
  }
  bool is_named = why.find(path) != std::string::npos;
  out.complain(is_named ? why : "plugin " + path + ": " + why);
}

}  // namespace stint::cli
