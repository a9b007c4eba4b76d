#include "worker/start.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "common/exit_code.h"
#include "common/log/log.h"
#include "worker/crash_handler.h"

namespace stint {

namespace {

Prepared failed(const Error& error) {
  (void)std::fprintf(stderr, "stint-worker: %s\n", error.message.c_str());
  return {std::nullopt, to_int(ExitCode::kInternal)};
}

Prepared refused(bool standalone, const Error& error) {
  if (standalone) {
    log::error("cannot start", {{"error", error.message}});
  } else {
    send_failed(control::kControlFd, error.message);
  }
  return {std::nullopt, to_int(ExitCode::kConfig)};
}

Result<control::FlightRecorder> open_recorder(const Boot& boot, bool standalone) {
  if (standalone) {
    return control::FlightRecorder::create(static_cast<uint32_t>(boot.config.slots));
  }
  return control::FlightRecorder::attach(control::kRecorderFd);
}

Result<std::vector<Plugin>> open_plugins(const Boot& boot) {
  auto plugins = load_plugins(boot.config.plugin_paths);
  if (!plugins) {
    return plugins;
  }
  for (const Plugin& plugin : *plugins) {
    if (auto opened = plugin.open(boot); !opened) {
      return opened.error();
    }
  }
  return plugins;
}

// Both are legal and hardly meant. One worker says it for all of its daemon.
void warn_of_plugins(const Boot& boot, const std::vector<Plugin>& plugins) {
  if (boot.index != 0) {
    return;
  }
  std::string names;
  for (const Plugin& plugin : plugins) {
    names += (names.empty() ? "" : ", ") + plugin.name();
  }
  if (plugins.empty()) {
    log::warning("no plugin was found: no job can run here; plugins.paths or --plugins say where");
  }
  for (const auto& table : boot.config.plugin_config) {
    const std::string& name = table.first;
    bool loaded = std::any_of(plugins.begin(), plugins.end(),
                              [&name](const Plugin& plugin) { return plugin.name() == name; });
    if (!loaded) {
      log::warning(
          "a configured plugin is not loaded; the name is what STINT_PLUGIN says",
          {{"table", "plugins." + name + ".config"}, {"loaded", names.empty() ? "none" : names}});
    }
  }
}

}  // namespace

Prepared prepare_start(bool standalone) {
  // Programs that a task starts must not keep the supervisor's end from seeing that we are gone.
  (void)::fcntl(control::kControlFd, F_SETFD, FD_CLOEXEC);
  auto boot = read_boot(control::kControlFd);
  if (!boot) {
    return failed(boot.error());
  }
  auto recorder = open_recorder(*boot, standalone);
  if (!recorder) {
    return failed(recorder.error());
  }
  log::open("stint-worker", boot->config.log_level, boot->config.log_format);
  crash_handler::install(recorder->table(), standalone);
  auto plugins = open_plugins(*boot);
  auto tasks =
      plugins ? make_task_table(*plugins, boot->config.tasks) : Result<TaskTable>(plugins.error());
  if (!tasks) {
    return refused(standalone, tasks.error());
  }
  warn_of_plugins(*boot, *plugins);
  return {Worker::Start{std::move(boot).value(), std::move(recorder).value(),
                        std::move(plugins).value(), std::move(tasks).value()},
          0};
}

}  // namespace stint
