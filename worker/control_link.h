// The worker's end of its supervisor's socket pair: commands in, "ready" and "cannot start" out.
// EOF means that the supervisor died. Loop's thread; the boot frame and a failed start are handled
// before the loop runs, blocking.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/config/boot.h"
#include "common/control/frames.h"
#include "common/loop/stream.h"

namespace stint {

// Reads the first frame and nothing behind it, blocking. On failure: kInternal.
Result<Boot> read_boot(int fd);

// Tells the supervisor why this process exits with 78, blocking; the loop does not run (any more).
void send_failed(int fd, std::string_view reason);

class ControlLink {
 public:
  struct Listener {
    std::function<void(control::FrameType, std::string_view payload)> on_frame;
    std::function<void()> on_orphaned;
  };
  // Takes the descriptor.
  ControlLink(uv_loop_s* loop, UniqueFd fd, Listener listener);

  void send(control::FrameType type, std::string_view payload = {});

 private:
  void on_data(std::string_view bytes);
  void on_end();

  Listener listener_;
  control::Decoder decoder_;
  Stream stream_;
  bool ended_ = false;
};

}  // namespace stint
