// Any bytes as stint.toml, through the file as stintd reads it. What is accepted is in bounds, is
// shown as JSON without its password, and reaches a worker in its boot frame unchanged.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "common/config/boot.h"
#include "common/config/toml/load.h"
#include "common/job/spec.h"
#include "common/text/text.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

// One file in memory, its content replaced for every input.
class File {
 public:
  File() : fd_(memfd_create("stint.toml", MFD_CLOEXEC)) {
    STINT_CHECK(fd_ >= 0);
    // Nothing of the machine's own may decide.
    for (const char* name : {"STINT_CONFIG", "STINT_REDIS_URL", "STINT_NAMESPACE", "STINT_QUEUE",
                             "STINT_STATE_DIR", "CREDENTIALS_DIRECTORY", "STATE_DIRECTORY"}) {
      unsetenv(name);
    }
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  void hold(std::string_view text) const {
    STINT_CHECK(ftruncate(fd_, 0) == 0);
    STINT_CHECK(pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }

 private:
  int fd_;
};

void check_bounds(const Config& config) {
  STINT_CHECK(check_name(config.ns).ok() && !config.queues.empty());
  STINT_CHECK(config.processes >= 0 && config.slots >= 1 && config.slots <= 128);
  STINT_CHECK(config.maxmemory >= 0 && config.max_jobs >= 0 && config.max_rss >= 0);
  for (const auto& queue : config.queues) {
    STINT_CHECK(check_name(queue.name).ok() && fuzz::in_bounds(queue.limits));
    STINT_CHECK(queue.keep_max >= 0 && queue.keep_bytes >= 0 && queue.weight >= 1);
  }
  for (const auto& [task, said] : config.tasks) {
    STINT_CHECK(check_task_id(task).ok() && fuzz::in_bounds(said));
  }
  for (const auto& [name, text] : config.plugin_config) {
    STINT_CHECK(nlohmann::json::accept(text));
  }
}

// The same whatever the password is: so it is not in there.
void check_password_hidden(const LoadedConfig& loaded) {
  LoadedConfig other = loaded;
  other.config.redis.password = "another";
  STINT_CHECK(config_to_json(loaded) == config_to_json(other));
}

void check_config(const File& file, std::string_view text) {
  file.hold(text);
  ConfigFlags flags;
  flags.config_file = file.path();
  flags.state_dir = "/tmp/stint-fuzz";
  auto loaded = load_config(flags);
  if (!loaded) {
    STINT_CHECK(loaded.error().code == ErrorCode::kConfig);
    fuzz::check_error(loaded.error());
    return;
  }
  check_bounds(loaded->config);
  check_password_hidden(*loaded);
  STINT_CHECK(nlohmann::json::accept(config_to_json(*loaded)));
  std::string frame = boot_to_json({"w", 0, "h", true, {"default"}, loaded->config});
  auto boot = boot_from_json(frame);
  STINT_CHECK(boot.ok() && boot_to_json(*boot) == frame);
}

}  // namespace
}  // namespace stint

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const stint::File file;
  stint::check_config(file, stint::fuzz::Input(data, size).rest());
  return 0;
}
