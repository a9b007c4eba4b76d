// Cannot start, and says why.
#include <stint/task.hpp>

STINT_PLUGIN("open_fails", "1.0") {
  plugin.on_open(
      [](const stint::OpenInfo&) { throw std::runtime_error("no graphics card in this machine"); });
  plugin.task("open_fails", [](stint::Job&) {});
}
