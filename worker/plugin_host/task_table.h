// The tasks of the plugins that this process has opened. Filled at start, constant afterwards: any
// thread may read it. Task ids are only ever looked up here, whatever a job says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "common/job/limits.h"
#include "stint/task.h"

namespace stint {

struct Task {
  std::string id;
  std::string plugin;  // its name
  LimitsSaid said;     // the plugin's, [tasks.T] over it
  int32_t (*perform)(stint_job job, void* context) = nullptr;
  void* context = nullptr;
};

class TaskTable {
 public:
  // On failure: kConfig, the id is there already; names both plugins.
  Result<void> add(Task task);
  const Task* find(std::string_view id) const;
  std::vector<std::string> ids() const;  // sorted
  // Of all tasks under these limits of their queue, and `most`.
  milliseconds shortest_lease(const Limits& queue, milliseconds most) const;

 private:
  std::map<std::string, Task, std::less<>> tasks_;
};

}  // namespace stint
