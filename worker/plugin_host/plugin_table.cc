#include "worker/plugin_host/plugin_table.h"

#include <cstring>
#include <string>
#include <string_view>

#include "common/job/spec.h"
#include "common/text/text.h"

namespace stint {

namespace {

constexpr uint64_t kMostTasks = 10'000;
constexpr size_t kMostNameBytes = 64;

Error no_good(std::string why) {
  return {ErrorCode::kConfig, std::move(why)};
}

bool is_plugin_name(std::string_view name) {
  if (name.empty() || name.size() > kMostNameBytes) {
    return false;
  }
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    bool alphanumeric = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!alphanumeric && (i == 0 || (c != '_' && c != '-'))) {
      return false;
    }
  }
  return true;
}

bool in_range(int64_t value, int64_t least, int64_t most) {
  return value == -1 || (value >= least && value <= most);
}

Result<void> check_limits(const std::string& task, const stint_limits& limits) {
  if (limits.struct_size < sizeof(stint_limits)) {
    return no_good("task '" + task + "': the struct_size of its limits is too small");
  }
  constexpr int64_t kLongest = kMaxDuration.count();
  const char* wrong = nullptr;
  if (!in_range(limits.lease_ms, kMinLease.count(), kLongest)) {
    wrong = "lease_ms";
  } else if (!in_range(limits.timeout_ms, 0, kLongest)) {
    wrong = "timeout_ms";
  } else if (!in_range(limits.grace_ms, 0, kLongest)) {
    wrong = "grace_ms";
  } else if (!in_range(limits.retries, 0, kMaxRetries)) {
    wrong = "retries";
  } else if (!in_range(limits.crash_limit, 1, kMaxRetries)) {
    wrong = "crash_limit";
  }
  if (wrong != nullptr) {
    return no_good("task '" + task + "': " + wrong + " is out of its range");
  }
  return {};
}

Result<void> check_task(const stint_task* task) {
  if (task == nullptr || task->struct_size < sizeof(stint_task)) {
    return no_good("a task of its table is missing or its struct_size is too small");
  }
  std::string_view id = task->id == nullptr ? "" : std::string_view(task->id);
  if (auto good = check_task_id(id); !good) {
    return no_good("task '" + escape(id, kMostNameBytes) + "': " + good.error().message);
  }
  if (task->perform == nullptr) {
    return no_good("task '" + std::string(id) + "' has no perform function");
  }
  return task->limits == nullptr ? Result<void>{} : check_limits(std::string(id), *task->limits);
}

}  // namespace

Result<void> check_plugin_table(const stint_plugin* plugin) {
  if (plugin == nullptr) {
    return no_good("its stint_plugin_entry returned null");
  }
  if (plugin->abi_major != STINT_ABI_MAJOR) {
    return no_good("it is built for version " + std::to_string(plugin->abi_major) +
                   " of the plugin interface, this worker has " + std::to_string(STINT_ABI_MAJOR));
  }
  if (plugin->struct_size < sizeof(stint_plugin)) {
    return no_good("the struct_size of its table is too small");
  }
  if (!is_plugin_name(plugin->name == nullptr ? "" : std::string_view(plugin->name))) {
    return no_good("its name must match [A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  }
  if (plugin->task_count == 0 || plugin->task_count > kMostTasks || plugin->tasks == nullptr) {
    return no_good("it has no tasks, or more than " + std::to_string(kMostTasks));
  }
  for (uint64_t i = 0; i < plugin->task_count; ++i) {
    if (auto good = check_task(plugin->tasks[i]); !good) {
      return good;
    }
  }
  return {};
}

LimitsSaid limits_said(const stint_limits* limits) {
  LimitsSaid said;
  if (limits == nullptr) {
    return said;
  }
  auto time = [](int64_t ms) {
    return ms == -1 ? std::optional<milliseconds>{} : std::optional(milliseconds(ms));
  };
  auto number = [](int32_t n) { return n == -1 ? std::optional<int>{} : std::optional<int>(n); };
  said.lease = time(limits->lease_ms);
  said.timeout = time(limits->timeout_ms);
  said.grace = time(limits->grace_ms);
  said.retries = number(limits->retries);
  said.crash_limit = number(limits->crash_limit);
  return said;
}

}  // namespace stint
