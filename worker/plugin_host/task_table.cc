#include "worker/plugin_host/task_table.h"

#include <algorithm>
#include <utility>

namespace stint {

Result<void> TaskTable::add(Task task) {
  auto known = tasks_.find(task.id);
  if (known != tasks_.end()) {
    return Error{ErrorCode::kConfig, "task '" + task.id + "' is in two plugins, '" +
                                         known->second.plugin + "' and '" + task.plugin + "'"};
  }
  std::string id = task.id;
  tasks_.emplace(std::move(id), std::move(task));
  return {};
}

const Task* TaskTable::find(std::string_view id) const {
  auto found = tasks_.find(id);
  return found == tasks_.end() ? nullptr : &found->second;
}

std::vector<std::string> TaskTable::ids() const {
  std::vector<std::string> ids;
  ids.reserve(tasks_.size());
  for (const auto& [id, task] : tasks_) {
    ids.push_back(id);
  }
  return ids;
}

milliseconds TaskTable::shortest_lease(const Limits& queue, milliseconds most) const {
  for (const auto& [id, task] : tasks_) {
    most = std::min(most, apply(queue, task.said).lease);
  }
  return most;
}

}  // namespace stint
