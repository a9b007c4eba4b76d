#include "worker/plugin_host/plugin.h"

#include <dlfcn.h>

#include <array>
#include <set>
#include <utility>

#include "common/plugin_file.h"
#include "common/text/text.h"
#include "worker/plugin_host/host_api.h"
#include "worker/plugin_host/plugin_table.h"

namespace stint {

namespace {

constexpr size_t kOpenErrorBytes = 1024;

Error plugin_error(const std::string& path, std::string_view why) {
  return {ErrorCode::kConfig, "plugin " + path + ": " + std::string(why)};
}

std::string loader_error() {
  const char* why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps one a thread
  return escape(why != nullptr ? why : "unknown error of the loader", kOpenErrorBytes);
}

// dlopen() takes a name without a slash for one to look up in the library path.
std::string as_path(const std::string& path) {
  return path.find('/') == std::string::npos ? "./" + path : path;
}

Result<const stint_plugin*> load_table(const std::string& path) {
  void* library = ::dlopen(as_path(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return plugin_error(path, loader_error());
  }
  using Entry = const stint_plugin* (*)(const stint_host*);
  auto entry = reinterpret_cast<Entry>(::dlsym(library, "stint_plugin_entry"));
  if (entry == nullptr) {
    return plugin_error(path, "exports no stint_plugin_entry");
  }
  return entry(host_functions());
}

}  // namespace

Result<Plugin> Plugin::load(const std::string& path) {
  if (auto file = check_plugin_file(path); !file) {
    return file.error();
  }
  auto table = load_table(path);
  if (!table) {
    return table.error();
  }
  if (auto good = check_plugin_table(*table); !good) {
    return plugin_error(path, good.error().message);
  }
  return Plugin(path, *table);
}

std::string Plugin::version() const {
  return table_->version == nullptr ? "" : table_->version;
}

std::string Plugin::abi() const {
  return std::to_string(table_->abi_major) + "." + std::to_string(table_->abi_minor);
}

std::vector<Task> Plugin::tasks() const {
  std::vector<Task> tasks;
  for (uint64_t i = 0; i < table_->task_count; ++i) {
    const stint_task& task = *table_->tasks[i];
    tasks.push_back({task.id, name_, limits_said(task.limits), task.perform, task.context});
  }
  return tasks;
}

Result<void> Plugin::open(const Boot& boot) const {
  if (table_->open == nullptr) {
    return {};
  }
  auto configured = boot.config.plugin_config.find(name_);
  std::string config = configured == boot.config.plugin_config.end() ? "{}" : configured->second;
  stint_open_info info{};
  info.struct_size = sizeof info;
  info.config = {config.data(), config.size()};
  info.host_name = {boot.host.data(), boot.host.size()};
  info.worker_index = boot.index;
  info.slots = static_cast<uint32_t>(boot.config.slots);
  std::array<char, kOpenErrorBytes> error{};
  int32_t code = table_->open(host_functions(), &info, error.data(), error.size());
  if (code == 0) {
    return {};
  }
  error.back() = '\0';
  std::string why = escape(error.data(), kOpenErrorBytes);
  return plugin_error(
      path_, "its open() says " + (why.empty() ? "nothing, code " + std::to_string(code) : why));
}

void Plugin::close() const {
  if (table_->close != nullptr) {
    table_->close();
  }
}

Result<std::vector<Plugin>> load_plugins(const std::vector<std::string>& paths) {
  auto files = find_plugin_files(paths);
  if (!files) {
    return files.error();
  }
  std::vector<Plugin> plugins;
  std::set<std::string> names;
  for (const std::string& file : *files) {
    auto plugin = Plugin::load(file);
    if (!plugin) {
      return plugin.error();
    }
    if (!names.insert(plugin->name()).second) {
      return plugin_error(file, "another plugin has the name '" + plugin->name() + "' already");
    }
    plugins.push_back(std::move(plugin).value());
  }
  return plugins;
}

Result<TaskTable> make_task_table(const std::vector<Plugin>& plugins,
                                  const std::map<std::string, LimitsSaid>& configured) {
  TaskTable table;
  for (const Plugin& plugin : plugins) {
    for (Task& task : plugin.tasks()) {
      if (auto over = configured.find(task.id); over != configured.end()) {
        task.said = merge(task.said, over->second);
      }
      if (auto added = table.add(std::move(task)); !added) {
        return added.error();
      }
    }
  }
  return table;
}

}  // namespace stint
