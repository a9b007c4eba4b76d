#include "worker/crash_handler.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

namespace stint::crash_handler {

namespace {

constexpr size_t kHandlerStack = size_t{64} << 10;
constexpr int kFrames = 48;
constexpr std::array kCrashSignals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

// backtrace_symbols_fd() writes as much as it likes: through a pipe, whose bytes are then copied up
// to the table's bound. Straight into the shared memory it could run over the entries behind the
// text.
control::RecorderTable* crash_table = nullptr;
int crash_pipe[2] = {-1, -1};
bool crash_to_stderr = false;
std::atomic_flag crash_begun = ATOMIC_FLAG_INIT;

void fill_crash_text() {
  std::array<void*, kFrames> frames{};
  int count = backtrace(frames.data(), kFrames);
  // Two frames are the handler's own and the kernel's trampoline.
  int own = std::min(count, 2);
  backtrace_symbols_fd(frames.data() + own, count - own, crash_pipe[1]);
  size_t size = 0;
  auto& text = crash_table->crash_text;
  while (size < text.size()) {
    ssize_t got = ::read(crash_pipe[0], text.data() + size, text.size() - size);
    if (got <= 0) {
      break;
    }
    size += static_cast<size_t>(got);
  }
  crash_table->crash_size.store(static_cast<uint32_t>(size), std::memory_order_release);
  if (crash_to_stderr) {
    (void)!::write(STDERR_FILENO, text.data(), size);
  }
}

void on_crash(int signal) {
  int saved = errno;
  if (!crash_begun.test_and_set()) {
    fill_crash_text();
  }
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  errno = saved;
  // Blocked until this handler returns: then it ends the process, also where a fault would not come
  // again.
  (void)::raise(signal);
}

}  // namespace

void install(control::RecorderTable& table, bool also_stderr) {
  crash_table = &table;
  crash_to_stderr = also_stderr;
  STINT_CHECK(::pipe2(crash_pipe, O_CLOEXEC | O_NONBLOCK) == 0);
  // The first call loads libgcc, which allocates: not in the handler.
  std::array<void*, 2> warm{};
  backtrace(warm.data(), static_cast<int>(warm.size()));
  prepare_thread();
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (int signal : kCrashSignals) {
    STINT_CHECK(sigaction(signal, &action, nullptr) == 0);
  }
}

void prepare_thread() {
  void* memory = ::mmap(nullptr, kHandlerStack, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) {
    return;  // a stack overflow then dies without a backtrace, nothing else changes
  }
  stack_t stack{};
  stack.ss_sp = memory;
  stack.ss_size = kHandlerStack;
  (void)sigaltstack(&stack, nullptr);
}

}  // namespace stint::crash_handler
