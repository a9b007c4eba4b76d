// What supervisor and worker say to each other on the worker's own socket pair (descriptor
// kControlFd in the worker). A frame: 4 bytes length of what follows (little endian), 1 byte type,
// payload. The descriptor is the identity: EOF in the worker means that the supervisor died; EOF in
// the supervisor is a hint, only waitpid is the truth. Commands travel here, never as signals, so
// that they do not interrupt a job.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/error.h"

namespace stint::control {

inline constexpr int kControlFd = 3;
inline constexpr int kRecorderFd = 4;
inline constexpr size_t kMaxFrame = size_t{16} << 20;  // a boot frame holds the whole configuration

enum class FrameType : uint8_t {
  // supervisor -> worker
  kBoot = 'b',      // JSON, see boot.h; the first frame
  kPause = 'p',     // take no more jobs (TSTP)
  kContinue = 'c',  // go on
  kDrain = 'd',  // take no more, give back the unstarted, finish the running without a limit, exit
                 // 0 (HUP roll)
  kStop = 's',   // the same, but tell the tasks (reason shutdown); payload: milliseconds until the
                 // rest is handed back
  // and the worker exits 0, as text; 0 = no limit. May be sent again with a shorter limit
  kLook = 'l',     // heartbeat now: a cancel was asked for; and look whether a pause is over
  kPrinted = 'o',  // lines that a task has printed, for its job's log; payload: see printed.h
  kOutputRead =
      'e',  // all that was in the pipes at kReadOutput has been read, and its lines are in
            // the frames before this one; payload: the number that came with it
  // worker -> supervisor
  kReady = 'r',       // plugins are open, Redis was reached once
  kFailed = 'f',      // cannot start; payload: the reason, one line. Exit 78 follows
  kReadOutput = 'q',  // a task has returned: read now what it has printed; payload: a number
};

std::string encode(FrameType type, std::string_view payload = {});

// Bytes in, whole frames out.
class Decoder {
 public:
  using OnFrame = std::function<void(FrameType, std::string_view payload)>;
  // On failure: kInvalid (unknown type, too long), once: the stream is then useless, and what
  // follows is dropped.
  Result<void> feed(std::string_view bytes, const OnFrame& on_frame);

 private:
  Error give_up(const std::string& why);

  std::string buffer_;
  bool broken_ = false;
};

}  // namespace stint::control
