#include "common/config_warnings.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "common/text/text.h"

namespace stint {
namespace {

std::string unused(const std::string& table, const std::string& what, const std::string& name,
                   const std::vector<std::string>& known) {
  auto meant = nearest(name, known);
  return table + ": no plugin of plugins.paths " + what +
         (meant ? "; did you mean " + *meant + "?" : "");
}

bool is_among(const std::string& name, const std::vector<std::string>& known) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace

std::vector<std::string> shadowed_warnings(const LoadedConfig& loaded) {
  std::vector<std::string> warnings;
  warnings.reserve(loaded.shadowed.size());
  for (const Shadowed& key : loaded.shadowed) {
    warnings.push_back(key.at + ": " + key.key + " has no effect: what holds is " + key.by);
  }
  return warnings;
}

std::vector<std::string> file_warnings(const LoadedConfig& loaded) {
  std::vector<std::string> warnings;
  if (!loaded.passed_over.empty()) {
    warnings.push_back(loaded.passed_over +
                       " was not looked at: its folder is another user's, and HOME or "
                       "XDG_CONFIG_HOME names it; set them for this user, or say which file");
  }
  for (const ExposedFile& file : loaded.exposed) {
    std::array<char, 16> mode{};
    (void)std::snprintf(mode.data(), mode.size(), "%04o", file.mode);
    warnings.push_back(
        file.path + " holds the password of Redis and is open to every user of this host (mode " +
        mode.data() + "): chmod 0640 " + file.path);
  }
  return warnings;
}

std::vector<std::string> unused_table_warnings(const Config& config,
                                               const std::vector<CheckedPlugin>& plugins) {
  std::vector<std::string> names;
  std::vector<std::string> tasks;
  for (const CheckedPlugin& plugin : plugins) {
    names.push_back(plugin.name);
    tasks.insert(tasks.end(), plugin.tasks.begin(), plugin.tasks.end());
  }
  std::vector<std::string> warnings;
  for (const auto& [name, json] : config.plugin_config) {
    if (!is_among(name, names)) {
      warnings.push_back(unused("[plugins." + name + ".config]", "has this name", name, names));
    }
  }
  for (const auto& [name, said] : config.tasks) {
    if (!is_among(name, tasks)) {
      warnings.push_back(unused("[tasks." + name + "]", "has this task", name, tasks));
    }
  }
  return warnings;
}

Error explain_plugins(const Error& error, const LoadedConfig& loaded) {
  auto origin = loaded.origins.find("plugins.paths");
  bool is_default = origin != loaded.origins.end() && origin->second == "default" &&
                    !loaded.config.plugin_paths.empty();
  std::error_code ignored;
  if (!is_default || std::filesystem::exists(loaded.config.plugin_paths.front(), ignored)) {
    return error;
  }
  return {error.code, error.message +
                          "; that is the default of plugins.paths: say where the plugins are with "
                          "plugins.paths in the configuration, or make this folder"};
}

}  // namespace stint
