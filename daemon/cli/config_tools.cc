#include "common/config/toml/load.h"
#include "common/job/json_scan.h"
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
        if (key == "origins" || key == "file") {
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

}  // namespace

ExitCode run_config_check(const Globals& globals) {
  Output out(globals);
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return out.fail(loaded.error());
  }
  out.line(loaded->file.empty() ? "no configuration file: the defaults hold"
                                : loaded->file + " is right");
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
  Table table({"KEY", "VALUE", "FROM"});
  add_rows(table, *loaded, "", json_text);
  table.print(out);
  return ExitCode::kOk;
}

}  // namespace stint::cli
