// One line on stderr, drawn over itself, that says how far something is that takes a while. Only
// for terminals: whoever makes it says whether it may be drawn. Gone when this object is. One
// thread.
#pragma once

#include <string>
#include <string_view>

namespace stint {

class StatusLine {
 public:
  explicit StatusLine(bool enabled) : enabled_(enabled) {}
  ~StatusLine() { wipe(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  bool enabled() const { return enabled_; }
  void show(std::string_view text);
  void wipe();  // before every other message

 private:
  bool enabled_;
  std::string shown_;
};

// Whether there is somebody to look at it: stderr is a terminal that can draw, NO_COLOR is not set.
bool may_draw();
// What a terminal that calls itself dumb (in an editor, say) does not.
bool knows_escapes();

}  // namespace stint
