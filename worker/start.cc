#include "worker/start.h"

#include <fcntl.h>

#include <cstdio>
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
  auto level = log::parse_level(boot->config.log_level);
  log::open("stint-worker", level ? *level : log::Level::kInfo);
  crash_handler::install(recorder->table(), standalone);
  auto plugins = open_plugins(*boot);
  auto tasks =
      plugins ? make_task_table(*plugins, boot->config.tasks) : Result<TaskTable>(plugins.error());
  if (!tasks) {
    return refused(standalone, tasks.error());
  }
  return {Worker::Start{std::move(boot).value(), std::move(recorder).value(),
                        std::move(plugins).value(), std::move(tasks).value()},
          0};
}

}  // namespace stint
