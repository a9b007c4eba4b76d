#include "common/status_line.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace stint {

void StatusLine::show(std::string_view text) {
  if (!enabled_ || text == shown_) {
    return;
  }
  shown_ = text;
  (void)std::fprintf(stderr, "\r\033[K%s", shown_.c_str());
  (void)std::fflush(stderr);
}

void StatusLine::wipe() {
  if (!shown_.empty()) {
    (void)std::fputs("\r\033[K", stderr);
    (void)std::fflush(stderr);
    shown_.clear();
  }
}

bool may_draw() {
  const char* plain = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): one thread
  return (plain == nullptr || *plain == '\0') && knows_escapes() && isatty(STDERR_FILENO) == 1;
}

bool knows_escapes() {
  const char* term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): one thread
  return term == nullptr || std::string_view(term) != "dumb";
}

}  // namespace stint
