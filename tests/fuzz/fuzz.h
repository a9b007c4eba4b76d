// What the fuzz targets share: an input cut into parts. A target states what must hold with
// STINT_CHECK, which aborts, which libFuzzer reports with the input that did it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/error.h"
#include "common/job/limits.h"

namespace stint::fuzz {

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  // 0 when nothing is left.
  uint8_t byte() {
    std::string_view one = take(1);
    return one.empty() ? uint8_t{0} : static_cast<uint8_t>(one.front());
  }
  // Up to so many bytes.
  std::string_view take(size_t size) {
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

template <typename T>
bool within(const std::optional<T>& value, T least, T most) {
  return !value || (least <= *value && *value <= most);
}

// What common/job/limits.h allows anybody to say.
inline bool in_bounds(const LimitsSaid& said) {
  const milliseconds none{0};
  return within(said.lease, kMinLease, kMaxDuration) && within(said.timeout, none, kMaxDuration) &&
         within(said.grace, none, kMaxDuration) && within(said.keep, none, kMaxDuration) &&
         within(said.retries, 0, kMaxRetries) && within(said.crash_limit, 1, kMaxRetries) &&
         (!said.backoff || (said.backoff->encoded >= -kMaxDuration.count() &&
                            said.backoff->encoded <= kMaxDuration.count()));
}

// An error is one line that a terminal or a log can show.
void check_error(const Error& error);

inline bool same(const LimitsSaid& a, const LimitsSaid& b) {
  return a.lease == b.lease && a.timeout == b.timeout && a.grace == b.grace && a.keep == b.keep &&
         a.retries == b.retries && a.crash_limit == b.crash_limit && a.backoff == b.backoff;
}

}  // namespace stint::fuzz
