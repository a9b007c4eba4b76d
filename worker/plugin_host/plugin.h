// One opened plugin. Loaded after exec, on the main thread, before any slot runs; never closed: new
// code means a new process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/boot.h"
#include "common/error.h"
#include "stint/task.h"
#include "worker/plugin_host/task_table.h"

namespace stint {

class Plugin {
 public:
  // Checks the file, loads it, checks its table. Runs its constructors and its entry function, not
  // its open(). On failure: kConfig, "plugin PATH: why".
  static Result<Plugin> load(const std::string& path);

  const std::string& path() const { return path_; }
  const std::string& name() const { return name_; }
  std::string version() const;
  std::string abi() const;          // "1.0"
  std::vector<Task> tasks() const;  // with the limits that the plugin says

  // Its open(), if it has one. On failure: kConfig with the plugin's own words.
  Result<void> open(const Boot& boot) const;
  void close() const;

 private:
  Plugin(std::string path, const stint_plugin* table)
      : path_(std::move(path)), name_(table->name), table_(table) {}
  std::string path_;
  std::string name_;
  const stint_plugin* table_;
};

// All plugins of the configured paths. On failure: the first refusal; two plugins of one name, two
// tasks of one id too.
Result<std::vector<Plugin>> load_plugins(const std::vector<std::string>& paths);

// Their tasks with [tasks.T] of the configuration over the plugins' limits.
Result<TaskTable> make_task_table(const std::vector<Plugin>& plugins,
                                  const std::map<std::string, LimitsSaid>& configured);

}  // namespace stint
