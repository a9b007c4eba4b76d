// What becomes of an attempt whose task has ended: a pure function of what the task said and of
// what it had been told. Used on the loop's thread.
#pragma once

#include <cstdint>
#include <string>

#include "common/clock.h"
#include "common/queue/claim.h"
#include "common/queue/finish.h"

namespace stint {

// Why the task was told to stop, weakest first: a stronger reason replaces a weaker one. The values
// of STINT_STOP_*.
enum class StopReason : int32_t {
  kNone = 0,
  kShutdown = 1,
  kCancel = 2,
  kTimeout = 3,
  kLeaseLost = 4
};

// What the task said.
struct Completion {
  enum class How : uint8_t {
    kNone,  // not completed
    kSucceeded,
    kFailed,
    kReleased,
    kUnstarted,  // no task code ran: its lease had run too far when its turn came
  };
  How how = How::kNone;
  bool final = false;     // of kFailed: no retry
  milliseconds delay{0};  // of kReleased
  std::string text;       // result or message
};

struct Verdict {
  enum class Act : uint8_t {
    kFinish,
    kRelease,
    kDrop,  // not ours any more: nothing may be written
  };
  Act act = Act::kFinish;
  EndKind kind = EndKind::kOk;             // of kFinish
  bool final = false;                      // of kFinish: no retry
  Release::How how = Release::How::kFree;  // of kRelease
  milliseconds delay{0};                   // of kRelease
  std::string text;                        // of kFinish: result or message
};

// lost: Redis said that the attempt is another's. timeout: the limit in force, for the message.
Verdict judge(Completion said, StopReason told, bool lost, milliseconds timeout);

}  // namespace stint
