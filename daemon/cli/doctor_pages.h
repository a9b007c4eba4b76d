// Reads large keys of a live Redis page by page: the doctor's eyes. A page is bounded in bytes and
// entries, so that no call keeps Redis from its work; memory does not grow with the queue.
// One thread. What is in a key during the whole reading is seen at least once, other entries
// perhaps.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/queue/page_count.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint::cli {

// Sends a pipeline (reads only: it may be sent again) and gives a result a command.
using Ask =
    std::function<std::vector<Result<redis::OwnedReply>>(const std::vector<redis::Command>&)>;

// The replies; on failure the first error.
Result<std::vector<redis::OwnedReply>> ask_for(const Ask& ask,
                                               const std::vector<redis::Command>& commands);

class ScanPages {
 public:
  static ScanPages of_hash(const Ask& ask, const std::string& key) {
    return {ask, "HSCAN", key, true};
  }
  static ScanPages of_sorted_set(const Ask& ask, const std::string& key) {
    return {ask, "ZSCAN", key, true};
  }
  // Key names that begin so. Requires: no glob character in it.
  static ScanPages of_keys(const Ask& ask, const std::string& prefix);

  bool at_end() const { return at_end_; }
  // (field, value), (member, score), or (key, "").
  Result<std::vector<std::pair<std::string, std::string>>> next();

 private:
  ScanPages(const Ask& ask, std::string command, std::string key, bool pairs);

  const Ask& ask_;
  std::vector<std::string> head_;  // the command without its cursor
  std::vector<std::string> tail_;
  bool pairs_;
  bool at_end_ = false;
  std::string cursor_ = "0";
  PageCount count_;
};

// Calls visit with the entries of a list, head to tail. pending only grows at its head and shrinks
// at its tail while it is read: what was read last is found again further down, so that nothing is
// visited twice.
Result<void> walk_list(const Ask& ask, const std::string& key,
                       const std::function<Result<void>(const std::vector<std::string>&)>& visit);

}  // namespace stint::cli
