// The order of a roll (HUP), apart from the doing: the replacement of post 0 starts; when it is
// ready the old worker of that post drains, without being waited for, and post 1 follows. The posts
// that a smaller configuration no longer has drain last. A replacement that is refused, or dies
// before it is ready, ends the roll: the other posts stay as they are. Pure but for its steps;
// driven by the Fleet, which alone knows processes.
#pragma once

#include <cstddef>
#include <functional>

namespace stint {

class Roll {
 public:
  struct Steps {
    std::function<bool(size_t post)> start;   // a replacement; false: it could not be started
    std::function<void(size_t post)> retire;  // drain a post that is no longer wanted
    std::function<void(bool all)> end;        // the last call; may destroy the Roll
  };
  Roll(size_t old_posts, size_t new_posts, Steps steps);

  void begin();
  void ready(size_t post);    // its replacement is ready
  void refused(size_t post);  // its replacement is gone
  size_t current() const { return current_; }

 private:
  void advance();
  void end(bool all);

  size_t old_posts_;
  size_t new_posts_;
  Steps steps_;
  size_t current_ = 0;
};

}  // namespace stint
