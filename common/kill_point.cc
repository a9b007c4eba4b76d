#include "common/kill_point.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace stint {

namespace {

const char* renamed = nullptr;

}  // namespace

void rename_kill_points(const char* program) {
  renamed = program;
}

void reach_kill_point(std::string_view where, std::string_view what) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no program of ours calls setenv
  static const char* const file = std::getenv("KILL_POINT_FILE");
  if (file == nullptr || ::access(file, F_OK) != 0) {
    return;
  }
  std::ostringstream wanted;
  wanted << std::ifstream(file).rdbuf();
  std::string here = renamed != nullptr ? renamed : program_invocation_short_name;
  here.append(": ").append(where).append(" ").append(what);
  bool stop = wanted.str() == "stop " + here;
  if ((stop || wanted.str() == here) && ::unlink(file) == 0) {
    (void)::raise(stop ? SIGSTOP : SIGKILL);
  }
}

}  // namespace stint
