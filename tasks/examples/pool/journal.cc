// open and close with configuration: every worker process opens its journal files once, and its
// jobs share them.
//
//   [plugins.journal.config]
//   path = "/var/log/app/journal"     # this process writes PATH.0, PATH.1, ... by its worker's
//   index size = 4                          # open files a process; default: one a slot
//
//   stint submit journal.append -p '{"line": "the meter reads 12"}'
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

#include <nlohmann/json.hpp>
#include <stint/task.hpp>

#include "pool.h"

namespace {

class Journal {
 public:
  explicit Journal(const std::string& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)) {
    if (fd_ < 0) {
      throw std::system_error(errno, std::generic_category(), "open " + path);
    }
  }
  ~Journal() { ::close(fd_); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // One write() of one line: lines of several processes never mix.
  void append(const std::string& line) {
    if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      throw std::system_error(errno, std::generic_category(), "write to the journal");
    }
  }

 private:
  int fd_;
};

Pool<Journal> journals;

// What this throws is told by stintd at start, and no job runs.
void open_journals(const stint::OpenInfo& info) {
  auto config = nlohmann::json::parse(info.config);
  auto path = config.value("path", std::string{});
  auto size = config.value("size", info.slots);
  if (path.empty() || size < 1 || size > 64) {
    throw std::runtime_error("[plugins.journal.config] needs path, and a size of 1 to 64");
  }
  for (std::uint32_t i = 0; i < size; ++i) {
    journals.add(std::make_unique<Journal>(path + "." + std::to_string(info.worker_index)));
  }
}

// The token stands in the line: whoever reads the journal can tell a late line of an attempt that
// had lost its lease.
void append(stint::Job& job) {
  auto line = nlohmann::json::parse(job.params()).at("line").get<std::string>();
  journals.borrow()->append(std::to_string(job.token()) + " " + line + "\n");
}

}  // namespace

STINT_PLUGIN("journal", "1.0") {
  plugin.on_open(open_journals);
  plugin.on_close([] { journals.clear(); });
  plugin.task("journal.append", append).retries(3);
}
