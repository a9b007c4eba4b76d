#include "worker/weighted_choice.h"

#include <utility>

#include "common/error.h"

namespace stint {

WeightedChoice::WeightedChoice(std::vector<int> weights)
    : weights_(std::move(weights)), credit_(weights_.size(), 0) {}

std::optional<size_t> WeightedChoice::pick(std::span<const uint8_t> eligible) {
  STINT_CHECK(eligible.size() == weights_.size());
  std::optional<size_t> best;
  int64_t total = 0;
  for (size_t i = 0; i < weights_.size(); ++i) {
    if (eligible[i] == 0) {
      continue;
    }
    total += weights_[i];
    credit_[i] += weights_[i];
    if (!best || credit_[i] > credit_[*best]) {
      best = i;
    }
  }
  if (best) {
    credit_[*best] -= total;
  }
  return best;
}

}  // namespace stint
