// Whether a worker would load plugins: stint-worker --check in a process of its own, because what
// loads a plugin runs its code. Called by `stint plugin check`, stintd at start and `stintd
// --check-config`. Blocks until that process has ended.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/error.h"

namespace stint {

struct CheckedPlugin {
  std::string path, name, version;
  std::vector<std::string> tasks;
  std::string json;  // all of it, on one line, as the worker said it
};

// paths: files and folders, as in plugins.paths. On failure: kConfig with one line that names the
// plugin and why it is refused; kInternal if the check itself could not be run, or was killed.
Result<std::vector<CheckedPlugin>> check_plugins(std::span<const std::string> paths);

// Folders among the paths that hold no plugin: no mistake at a start, where one may come later.
std::vector<std::string> folders_without_plugins(std::span<const std::string> paths);

}  // namespace stint
