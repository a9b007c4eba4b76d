#include "worker/last_will.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "common/control/boot_file.h"
#include "common/control/frames.h"
#include "common/kill_point.h"
#include "common/log/log.h"

namespace stint {
namespace {

Result<void> hand_over_all(const Boot& boot, const control::FlightRecorder& recorder) {
  // Clear of the number that the boot frame takes.
  UniqueFd table(::fcntl(recorder.fd(), F_DUPFD_CLOEXEC, 16));
  if (!table) {
    return Error{ErrorCode::kInternal,
                 "cannot settle: fcntl: " + std::system_category().message(errno)};
  }
  if (auto placed = control::place_boot(boot); !placed) {
    return placed;
  }
  return control::hand_over(table.get(), control::kRecorderFd);
}

}  // namespace

void become_settler(const Boot& boot, const control::FlightRecorder& recorder, int exit_code) {
  if (auto handed = hand_over_all(boot, recorder); !handed) {
    log::error("what this worker holds is left to the sweep", {{"why", handed.error().message}});
    return;
  }
  // Only flags change, so that tasks, which still run, lose nothing before exec ends them.
  (void)::close_range(control::kRecorderFd + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  struct itimerval none {};
  for (auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
    (void)::setitimer(timer, &none, nullptr);  // a task's alarm would survive exec
  }
  // Exec takes the handlers away, and a second TERM must not end what the first one began. Blocked,
  // and for good: no task of another thread can undo that, as it could an SIG_IGN. It ends by
  // itself.
  sigset_t ends{};
  sigemptyset(&ends);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&ends, number);
  }
  (void)::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::array<std::string, 3> words{"stint-worker", "--settle", std::to_string(exit_code)};
  std::array<char*, 4> argv{words[0].data(), words[1].data(), words[2].data(), nullptr};
  kill_point("before", "last will");
  ::execv("/proc/self/exe", argv.data());
  log::error("what this worker holds is left to the sweep",
             {{"why", "exec: " + std::system_category().message(errno)}});
}

}  // namespace stint
