// How many entries of a hash or sorted set to read at once. A value may have a megabyte: a page
// begins small, grows while pages stay light, and shrinks after a heavy one, so that no call keeps
// Redis from its work. Pure. The doctor's, and of the daemons' audit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace stint {

class PageCount {
 public:
  std::string text() const { return std::to_string(count_); }
  // So many bytes were in the last page.
  void saw(size_t bytes) {
    if (bytes > kHeavyPage) {
      count_ = std::max<size_t>(1, count_ / 4);
    } else if (bytes < kLightPage) {
      count_ = std::min(kMostCount, count_ * 2);
    }
  }

 private:
  static constexpr size_t kMostCount = 500;
  static constexpr size_t kLightPage = size_t{64} << 10;
  static constexpr size_t kHeavyPage = size_t{512} << 10;
  size_t count_ = 10;
};

}  // namespace stint
