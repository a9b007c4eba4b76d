// The worker's side of the plugin interface, for one job in this process: enough to load a real
// plugin file and see what its tasks do with a job. Validates JSON as a worker does. Thread-safe,
// because a task may complete from a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tasks/include/stint/task.h"

namespace stint::test {

// What happened to the job.
struct Outcome {
  std::string how;  // succeed, fail, fail_final, release; empty: not ended
  std::string text;
  std::vector<std::string> logs;
  std::vector<std::string> progress;
  int refused = 0;  // completions after the first
  int32_t returned = 0;
};

class FakePluginHost {
 public:
  explicit FakePluginHost(const std::string& file);
  ~FakePluginHost();
  FakePluginHost(const FakePluginHost&) = delete;
  FakePluginHost& operator=(const FakePluginHost&) = delete;

  const stint_plugin& plugin() const { return *plugin_; }
  const stint_task* find(const std::string& task) const;  // null if the plugin has none
  // open with this configuration; "" if it worked, else its message.
  std::string open(const std::string& config);
  // Runs the task to its completion (at most 10 s if it completes later).
  Outcome run(const std::string& task, const std::string& params);

  int32_t stop = STINT_STOP_NONE;
  uint32_t attempt = 1;
  std::string checkpoint;

 private:
  static stint_host table();
  static FakePluginHost* self_;  // the one that exists
  int32_t end(const char* how, stint_str text, bool is_json);

  void* library_ = nullptr;
  const stint_plugin* plugin_ = nullptr;
  std::string params_;
  std::mutex mutex_;
  std::condition_variable ended_;
  Outcome outcome_;
};

}  // namespace stint::test
