// A test of load_config(): a folder for its files, and an environment in which nothing that stint
// reads is set; both are as before at its end. One thread.
#pragma once

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "common/config/toml/load.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

class ConfigScope {
 public:
  ConfigScope() {
    for (const char* name : {"STINT_CONFIG", "STINT_REDIS_URL", "STINT_NAMESPACE", "STINT_QUEUE",
                             "STINT_STATE_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME",
                             "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"}) {
      set(name, std::nullopt);
    }
    set("HOME", dir / "home");
    set("STINT_STATE_DIR", dir / "state");
    flags.config_file = dir / "stint.toml";
    file("");
  }
  ~ConfigScope() {
    for (const auto& [name, value] : before_) {
      put(name, value);
    }
  }
  ConfigScope(const ConfigScope&) = delete;
  ConfigScope& operator=(const ConfigScope&) = delete;

  void set(const std::string& name, const std::optional<std::string>& value) {
    const char* old = std::getenv(name.c_str());
    before_.try_emplace(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    put(name, value);
  }
  void file(const std::string& toml) { write_file(dir / "stint.toml", toml); }
  Result<LoadedConfig> load() { return load_config(flags); }
  // Of a file with this text, without the folder's name in front.
  std::string error_of(const std::string& toml) {
    file(toml);
    const Result<LoadedConfig> loaded = load();
    if (loaded.ok()) {
      return "loaded";
    }
    const std::string& message = loaded.error().message;
    const std::string folder = dir.path() + "/";
    return message.starts_with(folder) ? message.substr(folder.size()) : message;
  }

  TempDir dir;
  ConfigFlags flags;

 private:
  static void put(const std::string& name, const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name.c_str());
    }
  }

  std::map<std::string, std::optional<std::string>> before_;
};

}  // namespace stint::test
