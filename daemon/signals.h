// The signals that stintd heeds (stintd(8), SIGNALS), each turned into one call on the loop. No
// handler of ours runs anything in signal context: libuv's writes one byte to a pipe.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

struct uv_loop_s;

namespace stint {

enum class SignalAction { kStop, kReload, kPause, kContinue, kReap };

struct SignalRow {
  int signal;
  SignalAction action;
};
std::span<const SignalRow> signal_table();

class Signals {
 public:
  Signals(uv_loop_s* loop, std::function<void(SignalAction)> on_action);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  struct Watch;
  std::function<void(SignalAction)> on_action_;
  std::vector<Watch*> watches_;  // owned; live until libuv has closed the handles
};

}  // namespace stint
