#include "daemon/line_cutter.h"

#include <algorithm>

namespace stint {

void LineCutter::add(std::string_view part) {
  size_t room = max_line_ - line_.size();
  cut_ = cut_ || part.size() > room;
  line_.append(part.substr(0, std::min(room, part.size())));
}

void LineCutter::feed(std::string_view bytes, const OnLine& on_line) {
  for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    add(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    on_line(line_, cut_);
    line_.clear();
    cut_ = false;
  }
  add(bytes);
}

void LineCutter::finish(const OnLine& on_line) {
  if (!line_.empty()) {
    on_line(line_, cut_);
    line_.clear();
    cut_ = false;
  }
}

}  // namespace stint
