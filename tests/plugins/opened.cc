// Shows what open was given, and traces open and close: with "trace" in its configuration it
// appends "open INDEX PID" and "close INDEX PID" there. "refuse": TEXT makes open fail with that
// text, "crash": true makes it die, "hang": PATH never returns while that file is there, "slow": MS
// takes that long.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>
#include <stint/task.hpp>

namespace {

nlohmann::json given;

void trace(const char* what) {
  std::string path = given["config"].value("trace", std::string{});
  if (path.empty()) {
    return;
  }
  std::string line = std::string(what) + " " + given["worker_index"].dump() + " " +
                     std::to_string(::getpid()) + "\n";
  int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0 || ::write(fd, line.data(), line.size()) < 0) {
    throw std::runtime_error("cannot write the trace");
  }
  ::close(fd);
}

void on_open(const stint::OpenInfo& info) {
  given = {{"config", nlohmann::json::parse(info.config)},
           {"host_name", std::string(info.host_name)},
           {"worker_index", info.worker_index},
           {"slots", info.slots}};
  if (given["config"].value("crash", false)) {
    std::abort();
  }
  if (given["config"].contains("refuse")) {
    throw std::runtime_error(given["config"]["refuse"].get<std::string>());
  }
  std::string gate = given["config"].value("hang", std::string{});
  while (!gate.empty() && ::access(gate.c_str(), F_OK) == 0) {
    ::usleep(10'000);
  }
  ::usleep(given["config"].value("slow", 0U) * 1'000);
  trace("open");
}

}  // namespace

STINT_PLUGIN("opened", "1.0") {
  plugin.on_open(on_open);
  plugin.on_close([] { trace("close"); });
  plugin.task("open_info", [](stint::Job&) { return given.dump(); });
}
