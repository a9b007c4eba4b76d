#include "daemon/standalone.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "common/config/boot.h"
#include "common/control/boot_file.h"
#include "common/log/log.h"
#include "daemon/spawn.h"
#include "daemon/worker_name.h"

namespace stint {
namespace {

Error standalone_error(const char* call) {
  return {ErrorCode::kInternal, std::string("cannot become stint-worker: ") + call + ": " +
                                    std::system_category().message(errno)};
}

Boot standalone_boot(const Config& config) {
  Boot boot;
  boot.host = host_name();
  boot.worker = worker_id_stem(boot.host) + ".0";
  boot.supervised = false;
  for (const auto& queue : config.queues) {
    boot.queues.push_back(queue.name);
  }
  boot.config = config;
  return boot;
}

}  // namespace

bool wants_standalone(const Config& config) {
  return config.processes == 0 && std::all_of(config.queues.begin(), config.queues.end(),
                                              [](const auto& one) { return one.processes == 0; });
}

Error exec_standalone(const Config& config) {
  if (config.embedded) {
    return {ErrorCode::kConfig,
            "workers.processes = 0 runs no embedded Redis: set redis.url (or --redis)"};
  }
  auto opened = open_worker_binary();
  if (!opened) {
    return opened.error();
  }
  // Clear of the descriptor that the boot frame takes.
  UniqueFd binary(fcntl(opened->get(), F_DUPFD_CLOEXEC, 16));
  if (!binary) {
    return standalone_error("fcntl");
  }
  log::warning(
      "workers.processes = 0: one worker runs in place of stintd; a crash is settled, and delayed "
      "jobs are "
      "promoted, only by other daemons of the queue");
  if (auto placed = control::place_boot(standalone_boot(config)); !placed) {
    return placed.error();
  }
  auto env = worker_environment(environ);
  std::vector<char*> env_pointers;
  env_pointers.reserve(env.size() + 1);
  for (auto& entry : env) {
    env_pointers.push_back(entry.data());
  }
  env_pointers.push_back(nullptr);
  std::string name = "stint-worker";
  std::string flag = "--standalone";
  std::vector<char*> argv{name.data(), flag.data(), nullptr};
  execveat(binary.get(), "", argv.data(), env_pointers.data(), AT_EMPTY_PATH);
  return standalone_error("exec");
}

}  // namespace stint
