// stintd: what happens at start, in order. Everything after it is in supervisor.cc.
#include <cstdio>
#include <exception>
#include <iostream>

#include "common/config/toml/load.h"
#include "common/config_warnings.h"
#include "common/exit_code.h"
#include "common/log/log.h"
#include "common/plugin_check.h"
#include "daemon/core_files.h"
#include "daemon/one_shot.h"
#include "daemon/options.h"
#include "daemon/standalone.h"
#include "daemon/supervisor.h"

namespace stint {
namespace {

ExitCode complain(const Error& error) {
  std::cerr << "stintd: " << error.message << "\n";
  return error.code == ErrorCode::kInvalid ? ExitCode::kUsage : ExitCode::kConfig;
}

ExitCode run_daemon(const Options& options, const LoadedConfig& loaded) {
  if (wants_standalone(loaded.config)) {
    return complain(exec_standalone(loaded.config));
  }
  // Before Redis and workers are started: a mistake is one line then.
  auto plugins = check_plugins(loaded.config.plugin_paths);
  if (!plugins && plugins.error().code == ErrorCode::kConfig) {
    return complain(explain_plugins(plugins.error(), loaded));
  }
  if (!plugins) {  // the workers will say what is wrong, if anything is
    log::warning("starting without a look at the plugins", {{"why", plugins.error().message}});
  }
  Supervisor supervisor(options.flags, loaded.config);
  return supervisor.run();
}

ExitCode run(int argc, char** argv) {
  auto parsed = parse_options(argc, argv);
  if (const auto* code = std::get_if<ExitCode>(&parsed)) {
    return *code;
  }
  const auto& options = std::get<Options>(parsed);
  auto loaded = load_config(options.flags);
  if (!loaded) {
    return complain(loaded.error());
  }
  log::open("stintd", loaded->config.log_level, loaded->config.log_format);
  if (!loaded->config.redis.password.empty()) {
    forbid_core_files();
  }
  if (options.mode != Options::Mode::kRun) {
    return run_one_shot(options, *loaded);
  }
  return run_daemon(options, *loaded);
}

}  // namespace
}  // namespace stint

int main(int argc, char** argv) {
  try {
    return to_int(stint::run(argc, argv));
  } catch (const std::exception& bug) {
    (void)std::fprintf(stderr, "stintd: internal error: %s\n", bug.what());
    return to_int(stint::ExitCode::kInternal);
  }
}
