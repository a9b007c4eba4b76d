#include <utility>

#include "client/json_object.h"
#include "common/config/toml/load.h"
#include "common/config_warnings.h"
#include "common/job/json_scan.h"
#include "common/plugin_check.h"
#include "daemon/cli/output.h"
#include "daemon/cli/table.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

constexpr int kDepth = 80;

std::string origin_of(const LoadedConfig& loaded, const std::string& key) {
  auto found = loaded.origins.find(key);
  return found == loaded.origins.end() ? "default" : found->second;
}

// Walks the JSON of the configuration: a row for each value.
void add_rows(Table& table, const LoadedConfig& loaded, const std::string& prefix,
              std::string_view json_text) {
  (void)json::scan(
      json_text, kDepth,
      [&](std::string_view name, std::string_view value) -> Result<void> {
        std::string key = prefix.empty() ? std::string(name) : prefix + "." + std::string(name);
        if (key == "origins" || key == "file" || key == "shadowed") {
          return {};
        }
        // [plugins.NAME.config] is one value: the plugin's own.
        bool is_table = json::kind_of(value) == json::Kind::kObject && !key.ends_with(".config");
        if (is_table) {
          add_rows(table, loaded, key, value);
        } else {
          table.add({key, std::string(value), origin_of(loaded, key)});
        }
        return {};
      })
      .ok();
}

std::vector<std::string> warnings_of_file(const LoadedConfig& loaded) {
  auto warnings = file_warnings(loaded);
  for (auto& warning : shadowed_warnings(loaded)) {
    warnings.push_back(std::move(warning));
  }
  return warnings;
}

// Of plugins only where they can be loaded here: whether they can is what `stint plugin list` says.
std::vector<std::string> warnings_of(const LoadedConfig& loaded) {
  auto warnings = warnings_of_file(loaded);
  if (auto plugins = check_plugins(loaded.config.plugin_paths)) {
    auto unused = unused_table_warnings(loaded.config, *plugins);
    warnings.insert(warnings.end(), unused.begin(), unused.end());
  }
  return warnings;
}

void note_all(const Output& out, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    out.note("warning: " + warning);
  }
}

}  // namespace

ExitCode run_config_check(const Globals& globals) {
  Output out(globals);
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return out.fail(loaded.error());
  }
  auto warnings = warnings_of(*loaded);
  if (out.json()) {
    out.line(JsonObject()
                 .text("file", loaded->file.empty() ? std::nullopt : std::optional(loaded->file))
                 .raw("warnings", json_names(warnings))
                 .str());
    return ExitCode::kOk;
  }
  out.line(loaded->file.empty() ? "no configuration file: the defaults hold"
                                : loaded->file + " is right");
  note_all(out, warnings);
  return ExitCode::kOk;
}

ExitCode run_config_show(const Globals& globals) {
  Output out(globals);
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return out.fail(loaded.error());
  }
  std::string json_text = config_to_json(*loaded);
  if (out.json()) {
    out.line(json_text);
    return ExitCode::kOk;
  }
  Table table({{"KEY"}, {"VALUE", Column::Kind::kText}, {"FROM", Column::Kind::kText}});
  add_rows(table, *loaded, "", json_text);
  table.print(out);
  note_all(out, warnings_of_file(*loaded));
  return ExitCode::kOk;
}

}  // namespace stint::cli
