#include "common/worker_program.h"

#include <filesystem>
#include <system_error>

namespace stint {

std::array<std::string, 3> worker_program_places() {
  std::error_code ignored;
  auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  return {(folder / "stint-worker").string(),
          (folder.parent_path() / "libexec/stint/stint-worker").string(),
          STINT_LIBEXEC_DIR "/stint-worker"};
}

}  // namespace stint
