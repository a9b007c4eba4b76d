// A share of the ids of a queue. What the doctor holds of each id that it has seen would grow with
// the queue; so a long queue is gone through once for each part. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

namespace stint::cli {

inline uint64_t hash_of(const std::string& id) {
  return std::hash<std::string>()(id);
}

struct Part {
  uint64_t number = 0;
  uint64_t count = 1;  // there are so many parts

  bool has(const std::string& id) const { return hash_of(id) % count == number; }
};

// entries: of the longest thing of which each entry is held. As few parts as hold at most `most`.
inline uint64_t parts_for(int64_t entries, int64_t most) {
  return static_cast<uint64_t>(std::max<int64_t>(1, (entries + most - 1) / most));
}

}  // namespace stint::cli
