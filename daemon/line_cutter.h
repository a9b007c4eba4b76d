// Bytes of a pipe in, whole lines out. Pure. A line longer than the limit is cut there and the rest
// of it dropped, so that a task that writes gigabytes without a newline costs no memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace stint {

class LineCutter {
 public:
  using OnLine = std::function<void(std::string_view line, bool cut)>;
  explicit LineCutter(size_t max_line) : max_line_(max_line) {}

  void feed(std::string_view bytes, const OnLine& on_line);
  void finish(const OnLine& on_line);  // the last line, if no newline ended it

 private:
  void add(std::string_view part);

  size_t max_line_;
  std::string line_;
  bool cut_ = false;
};

}  // namespace stint
