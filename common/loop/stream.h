// One end of a pipe or socket pair on its owner's libuv loop. Used by stintd and stint-worker, on
// the loop's thread only. Callbacks may destroy the Stream. What is still unwritten when it is
// destroyed is lost. on_end is called once, for EOF and for every error alike: after it nothing
// more comes, and writes are dropped.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/unique_fd.h"

struct uv_loop_s;

namespace stint {

class Stream {
 public:
  struct Listener {
    std::function<void(std::string_view)> on_data;
    std::function<void()> on_end;
    std::function<void()> before_read = nullptr;  // right before bytes may leave the kernel
  };
  // Takes the descriptor and makes it non-blocking. Reads from the start if there is an on_data.
  Stream(uv_loop_s* loop, UniqueFd fd, Listener listener);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void write(std::string bytes);
  // Reads at once what has come by now, and not what comes meanwhile: the other end's process is
  // dead, but one that it left behind may write for ever. Calls on_data, never on_end. Must not be
  // called from a callback of this stream.
  void drain();

 private:
  struct State;
  State* state_;  // owned; lives until libuv has closed the handle
};

}  // namespace stint
