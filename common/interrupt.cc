#include "common/interrupt.h"

#include <signal.h>
#include <time.h>

#include <atomic>

namespace stint {
namespace {

std::atomic<bool> sigint_came{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_sigint(int) {
  sigint_came = true;
}

void set_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  // Not SA_RESTART: waits end early. SA_RESETHAND: the second one kills.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  (void)sigaction(SIGINT, &action, nullptr);
}

}  // namespace

InterruptScope::InterruptScope() {
  set_handler(on_sigint);
}
InterruptScope::~InterruptScope() {
  set_handler(SIG_DFL);
}

bool interrupted() {
  return sigint_came;
}

void pause_for(milliseconds time) {
  timespec left{static_cast<time_t>(time.count() / 1000),
                static_cast<long>(time.count() % 1000 * 1'000'000)};
  if (!interrupted()) {
    (void)nanosleep(&left, nullptr);
  }
}

}  // namespace stint
