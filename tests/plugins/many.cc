// More tasks than a script of Redis takes arguments: many-0 to many-4999, each does nothing.
#include <string>

#include <stint/task.hpp>

STINT_PLUGIN("many", "1.0") {
  for (int i = 0; i < 5'000; ++i) {
    plugin.task("many-" + std::to_string(i), [](stint::Job&) {});
  }
}
