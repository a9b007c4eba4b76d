// Every key name, once. Scripts get prefix() and append the same names; check_tree.py compares
// them.
#pragma once

#include <string>
#include <string_view>

namespace stint {

class Keys {
 public:
  Keys(std::string_view ns, std::string_view queue)
      : prefix_(std::string(ns) + ":{" + std::string(queue) + "}:"), queue_(queue) {}

  const std::string& prefix() const { return prefix_; }
  const std::string& queue() const { return queue_; }
  std::string operator()(std::string_view name) const {
    return prefix_ + std::string(name);
  }  // "jobs", "inbox"
  std::string log(std::string_view id) const { return prefix_ + "log:" + std::string(id); }
  std::string worker(std::string_view id) const { return prefix_ + "worker:" + std::string(id); }
  std::string blocked(std::string_view resource) const {
    return prefix_ + "blocked:" + std::string(resource);
  }

 private:
  std::string prefix_;
  std::string queue_;
};

inline std::string queues_key(std::string_view ns) {
  return std::string(ns) + ":queues";
}
inline std::string meta_key(std::string_view ns) {
  return std::string(ns) + ":meta";
}
inline constexpr std::string_view kFormat = "1";

// A batch for one script: no more jobs, no more bytes of records and parameters.
inline constexpr size_t kBatchJobs = 100;
inline constexpr size_t kBatchBytes = size_t{1} << 20;
// As long as a claimed job that never started may come back before it ends as lost.
inline constexpr int kMaxLosses = 10;

}  // namespace stint
