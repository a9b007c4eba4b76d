#include "daemon/roll.h"

#include <utility>

namespace stint {

Roll::Roll(size_t old_posts, size_t new_posts, Steps steps)
    : old_posts_(old_posts), new_posts_(new_posts), steps_(std::move(steps)) {}

void Roll::begin() {
  advance();
}

void Roll::advance() {
  if (current_ < new_posts_) {
    if (!steps_.start(current_)) {
      end(false);
    }
    return;
  }
  for (size_t post = old_posts_; post > new_posts_; --post) {
    steps_.retire(post - 1);
  }
  end(true);
}

void Roll::ready(size_t post) {
  if (post == current_) {
    ++current_;
    advance();
  }
}

void Roll::refused(size_t post) {
  if (post == current_) {
    end(false);
  }
}

void Roll::end(bool all) {
  auto last = std::move(steps_.end);
  last(all);
}

}  // namespace stint
