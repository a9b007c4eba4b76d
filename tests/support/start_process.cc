#include "tests/support/start_process.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <sched.h>

namespace stint::test {

namespace {

std::vector<std::string> merged_environment(const Spawn& spawn) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    if (!spawn.env.contains(std::string(text.substr(0, text.find('='))))) {
      out.emplace_back(text);
    }
  }
  for (const auto& [name, value] : spawn.env) {
    if (value) {
      out.push_back(name + "=" + *value);
    }
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (auto& s : strings) {
    out.push_back(s.data());
  }
  out.push_back(nullptr);
  return out;
}

// What the new process needs. It stands in our memory until it has become the program.
struct Birth {
  const char* cwd;
  char** argv;
  char** env;
  int in;
  int out;
  int err;
  pid_t parent;
};

// Shares our memory, and we wait: system calls only, none that a sanitizer takes for our own. It
// does not return, so a sanitizer may not count it among what we call.
#if defined(__clang__)
__attribute__((disable_sanitizer_instrumentation))
#endif
int become(void* told) {
  const Birth& birth = *static_cast<Birth*>(told);
  syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (syscall(SYS_getppid) != birth.parent) {
    return 127;
  }
  syscall(SYS_setpgid, 0, 0);
  // exec forgets handlers, not what is ignored. The kernel's own structure; all zero is SIG_DFL.
  std::array<uint64_t, 4> by_default{};
  for (int number : {SIGPIPE, SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
    syscall(SYS_rt_sigaction, number, by_default.data(), nullptr, sizeof(uint64_t));
  }
  syscall(SYS_dup3, birth.in, 0, 0);
  syscall(SYS_dup3, birth.out, 1, 0);
  syscall(SYS_dup3, birth.err, 2, 0);
  // A daemon must not hold a test's FIFO open.
  syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
  if (*birth.cwd == 0 || syscall(SYS_chdir, birth.cwd) == 0) {
    execvpe(birth.argv[0], birth.argv, birth.env);
  }
  dprintf(2, "cannot run %s: %s\n", birth.argv[0], strerror(errno));
  return 127;
}

}  // namespace

// As by vfork: to fork a program that a sanitizer has built is to copy the tables of its shadow
// memory, 10 to 17 ms a call.
pid_t start_process(const Spawn& spawn, int in, int out, int err) {
  constexpr size_t kStack = 256 << 10;  // execvpe puts paths there
  void* stack = mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) {
    return -1;
  }
  std::vector<std::string> words = spawn.argv;
  std::vector<std::string> environment = merged_environment(spawn);
  auto argv = pointers(words);
  auto env = pointers(environment);
  Birth birth{spawn.cwd.c_str(), argv.data(), env.data(), in, out, err, getpid()};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // our handlers are not to run in it
  // The thread sanitizer has a clone of its own, which takes the new process for a fork.
  static const auto the_clone = reinterpret_cast<decltype(&clone)>(dlsym(RTLD_NEXT, "clone"));
  pid_t pid = the_clone(become, static_cast<char*>(stack) + kStack,
                        CLONE_VM | CLONE_VFORK | SIGCHLD, &birth);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  munmap(stack, kStack);
  return pid;
}

}  // namespace stint::test
