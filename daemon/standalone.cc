#include "daemon/standalone.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "common/config/boot.h"
#include "common/control/frames.h"
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

// The boot frame in a file of memory at kControlFd: read like the socket of a supervised worker,
// then EOF.
Result<void> place_boot(const Boot& boot) {
  std::string frame = control::encode(control::FrameType::kBoot, boot_to_json(boot));
  int fd = memfd_create("stint-boot", MFD_CLOEXEC);
  if (fd < 0) {
    return standalone_error("memfd_create");
  }
  if (write(fd, frame.data(), frame.size()) != static_cast<ssize_t>(frame.size()) ||
      lseek(fd, 0, SEEK_SET) != 0) {
    return standalone_error("write");
  }
  if (fd == control::kControlFd) {
    return fcntl(fd, F_SETFD, 0) == 0 ? Result<void>() : standalone_error("fcntl");
  }
  bool placed = dup2(fd, control::kControlFd) == control::kControlFd;
  close(fd);
  return placed ? Result<void>() : standalone_error("dup2");
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
  if (auto placed = place_boot(standalone_boot(config)); !placed) {
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
