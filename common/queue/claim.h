// reserved, pending -> active or blocked. The worker's side of claim.lua, heartbeat.lua,
// release.lua, close.lua.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "common/job/limits.h"
#include "common/job/place.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

// claim: up to n jobs for `worker`. The same seq again (after kUnavailable) returns, and renews,
// what it gave before: a worker repeats a claim until it is answered and only then uses the next
// seq.
struct ClaimedJob {
  std::string_view id;      // views into the reply
  std::string_view record;  // see common/job/record.h; may be corrupt
};
struct Claimed {
  enum class Status {
    kOk,
    kPaused,
    kClosed
  };  // closed: this worker was declared dead; it must exit
  Status status = Status::kOk;
  uint64_t token = 0;  // one a batch
  std::vector<ClaimedJob> jobs;
};
redis::Command claim(const Keys& keys, std::string_view worker, uint64_t seq, size_t n,
                     milliseconds lease);
Result<Claimed> parse_claim(redis::ReplyView reply);

// heartbeat: marks attempts as renewed and, where started, stores the limits in force.
struct Beat {
  std::string_view id;
  uint64_t token;
  bool started;
  Limits limits;
};
struct BeatAnswer {
  enum class Word {
    kCancel,  // asked to stop
    kLost,    // the attempt is no longer ours
    kTaken,   // a later attempt has its resource: it must stop and go back, it was not renewed
    kLocked   // its resource was held by nobody, and is now
  };
  std::string id;
  Word word;
};
redis::Command heartbeat(const Keys& keys, std::string_view worker, std::span<const Beat> beats);
Result<std::vector<BeatAnswer>> parse_heartbeat(redis::ReplyView reply);

// release: active -> pending, uncounted. Once it is sent the worker never starts those jobs,
// whatever the reply.
struct Release {
  enum class How { kFree, kElsewhere, kInterrupted };
  std::string_view id;
  uint64_t token;
  How how = How::kFree;
  milliseconds delay{0};  // 0: at the tail of pending, the lock kept
};
redis::Command release(const Keys& keys, std::string_view worker, std::span<const Release> jobs);

// close: no more claims by this worker; what its last claim gave and nobody settled goes back to
// pending. Idempotent.
redis::Command close_worker(const Keys& keys, std::string_view worker);

// One answer of finish or release: where the job is now, or nothing changed because the lease is
// another's.
struct Settled {
  bool lost_lease = false;
  Place place = Place::kGone;
};
Settled settled_as(std::string_view word);
Result<std::vector<Settled>> parse_settled(redis::ReplyView reply, size_t count);  // of release

}  // namespace stint
