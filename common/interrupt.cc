#include "common/interrupt.h"

#include <signal.h>
#include <time.h>

#include <atomic>
#include <cstddef>

namespace stint {
namespace {

std::atomic<bool> signal_came{false};
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr std::array kSignals{SIGINT, SIGTERM};

// The next one, of either kind, kills.
void on_signal(int) {
  signal_came = true;
  for (int number : kSignals) {
    (void)signal(number, SIG_DFL);
  }
}

}  // namespace

InterruptScope::InterruptScope() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  // Not SA_RESTART: waits end early.
  for (size_t i = 0; i < kSignals.size(); ++i) {
    (void)sigaction(kSignals[i], &action, &before_[i]);
  }
}
InterruptScope::~InterruptScope() {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    (void)sigaction(kSignals[i], &before_[i], nullptr);
  }
}

bool interrupted() {
  return signal_came;
}

void pause_for(milliseconds time) {
  timespec left{static_cast<time_t>(time.count() / 1000),
                static_cast<long>(time.count() % 1000 * 1'000'000)};
  if (!interrupted()) {
    (void)nanosleep(&left, nullptr);
  }
}

}  // namespace stint
