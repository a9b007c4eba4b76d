// Which queue is asked next: smooth weighted round robin. Over any run in which all are eligible
// each is picked in proportion to its weight, and the picks of one are spread out, not bunched.
// Pure; used on the loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stint {

class WeightedChoice {
 public:
  explicit WeightedChoice(std::vector<int> weights);

  // One of those whose entry in eligible is not 0; none if there is none. Requires: as many entries
  // as weights.
  std::optional<size_t> pick(std::span<const uint8_t> eligible);

 private:
  std::vector<int> weights_;
  std::vector<int64_t> credit_;
};

}  // namespace stint
