// stint, the command line: talks to Redis alone, needs no daemon, ends with the exit codes of
// common/exit_code.h.
#include <cstdio>
#include <exception>

#include "common/exit_code.h"
#include "daemon/cli/args/app.h"

int main(int argc, char** argv) {
  try {
    stint::ExitCode code = stint::cli::run_app(argc, argv);
    // A write of more than the buffer holds has failed long before, and leaves nothing to flush.
    const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (!written && code == stint::ExitCode::kOk) {
      (void)std::fputs("stint: cannot write to stdout: what was asked is done\n", stderr);
      code = stint::ExitCode::kFailed;
    }
    return to_int(code);
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "stint: internal error: %s\n", error.what());
    return to_int(stint::ExitCode::kInternal);
  }
}
