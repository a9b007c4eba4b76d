#include "worker/standalone_signals.h"

#include <signal.h>
#include <uv.h>

#include <utility>

#include "common/error.h"
#include "common/log/log.h"

namespace stint {

StandaloneSignals::StandaloneSignals(uv_loop_s* loop, Listener listener)
    : listener_(std::move(listener)) {
  for (int number : {SIGTERM, SIGINT, SIGTSTP, SIGCONT, SIGHUP}) {
    auto* handle = new uv_signal_t{};
    STINT_CHECK(uv_signal_init(loop, handle) == 0);
    handle->data = this;
    (void)uv_signal_start(
        handle,
        [](uv_signal_t* signal, int got) {
          static_cast<StandaloneSignals*>(signal->data)->on_signal(got);
        },
        number);
    handles_.push_back(handle);
  }
}

StandaloneSignals::~StandaloneSignals() {
  for (uv_signal_t* handle : handles_) {
    uv_close(reinterpret_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete reinterpret_cast<uv_signal_t*>(closed); });
  }
}

void StandaloneSignals::on_signal(int number) {
  switch (number) {
    case SIGTSTP:
      listener_.on_pause(true);
      return;
    case SIGCONT:
      listener_.on_pause(false);
      return;
    case SIGHUP:
      log::warning("without a supervisor nothing can be reloaded: restart to renew plugins");
      return;
    default:
      break;
  }
  if (std::exchange(stopping_, true)) {
    listener_.on_stop_again();
  } else {
    listener_.on_stop();
  }
}

}  // namespace stint
