#include "common/error.h"

#include <cstdio>
#include <cstdlib>

namespace stint {

void check_failed(const char* what, const char* file, int line) {
  (void)std::fprintf(stderr, "stint: internal error: %s is false at %s:%d\n", what, file, line);
  std::abort();
}

}  // namespace stint
