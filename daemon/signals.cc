#include "daemon/signals.h"

#include <signal.h>
#include <uv.h>

#include <array>
#include <utility>

#include "common/error.h"

namespace stint {
namespace {

constexpr std::array<SignalRow, 6> kSignalTable{{
    {SIGTERM, SignalAction::kStop},
    {SIGINT, SignalAction::kStop},
    {SIGHUP, SignalAction::kReload},
    {SIGTSTP, SignalAction::kPause},
    {SIGCONT, SignalAction::kContinue},
    {SIGCHLD, SignalAction::kReap},
}};

}  // namespace

std::span<const SignalRow> signal_table() {
  return kSignalTable;
}

struct Signals::Watch {
  uv_signal_t handle;
  Signals* owner;
  SignalAction action;
};

Signals::Signals(uv_loop_s* loop, std::function<void(SignalAction)> on_action)
    : on_action_(std::move(on_action)) {
  for (const auto& row : kSignalTable) {
    auto* watch = new Watch{{}, this, row.action};
    watches_.push_back(watch);
    STINT_CHECK(uv_signal_init(loop, &watch->handle) == 0);
    watch->handle.data = watch;
    auto on_signal = [](uv_signal_t* handle, int) {
      auto* self = static_cast<Watch*>(handle->data);
      self->owner->on_action_(self->action);
    };
    STINT_CHECK(uv_signal_start(&watch->handle, on_signal, row.signal) == 0);
  }
}

Signals::~Signals() {
  for (auto* watch : watches_) {
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle),
             [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
  }
}

}  // namespace stint
