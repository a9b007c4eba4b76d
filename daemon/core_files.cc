#include "daemon/core_files.h"

#include <sys/resource.h>

namespace stint {

void forbid_core_files() {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);  // lowering is allowed to everybody
}

}  // namespace stint
