#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "daemon/cli/output.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

// Beside us in a build tree, else where it is installed.
std::string worker_program() {
  std::error_code failed;
  auto own = std::filesystem::read_symlink("/proc/self/exe", failed);
  auto beside = own.parent_path() / "stint-worker";
  if (!failed && access(beside.c_str(), X_OK) == 0) {
    return beside;
  }
  return STINT_LIBEXEC_DIR "/stint-worker";
}

}  // namespace

ExitCode run_plugin_check(const Globals& globals, const std::vector<std::string>& files) {
  Output out(globals);
  if (files.empty()) {
    return out.fail({ErrorCode::kInvalid, "which plugin? stint plugin check FILE..."});
  }
  std::string program = worker_program();
  std::vector<std::string> words{"stint-worker", "--check"};
  words.insert(words.end(), files.begin(), files.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  (void)execv(program.c_str(), argv.data());
  return out.fail({ErrorCode::kInternal,
                   "cannot run " + program + ": " + std::generic_category().message(errno)});
}

}  // namespace stint::cli
