// Tasks that meddle with what belongs to the whole process.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "faulty.h"

namespace faulty {
namespace {

// {"seconds": 3600}: burns the processor with every signal blocked and heeds no stop. Only KILL
// ends it.
void spin(stint::Job&, const Json& params) {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  int64_t until =
      monotonic_ns() + static_cast<int64_t>(params.value("seconds", 3600.0) * 1'000'000'000.0);
  while (monotonic_ns() < until) {
  }
}

// {"ms"}: deaf for so long, then succeeds, whatever it was told meanwhile.
void late(stint::Job& job, const Json& params) {
  sleep_ms(params.at("ms"));
  job.succeed(R"("late")");
}

// {}: another directory, no rights for new files, every signal ignored.
void settings(stint::Job&, const Json&) {
  if (::chdir("/") != 0) {
    throw std::runtime_error("chdir");
  }
  ::umask(0777);
  for (int number = 1; number < NSIG; ++number) {
    ::signal(number, SIG_IGN);
  }
}

// {"first": 3, "last": 255}: descriptors that it never opened. Then it waits, so that the worker
// dies while it runs.
void close_fds(stint::Job&, const Json& params) {
  for (int fd = params.value("first", 3); fd <= params.value("last", 255); ++fd) {
    ::syscall(SYS_close, fd);  // what the thread sanitizer would call a race, with whose they are
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(params.value("wait_ms", 20'000)));
}

}  // namespace

void add_meddling(stint::Plugin& plugin) {
  add(plugin, "spin", spin);
  add(plugin, "late", late);
  add(plugin, "settings", settings);
  add(plugin, "close_fds", close_fds);
}

}  // namespace faulty
