// A queue that nobody needs any more: the face of forget.lua, and the steps around it. Its keys
// share one hash tag and go in one script; its name stands in a set outside, so it goes by a
// command of its own. The keys go first: who dies between the two leaves a name without keys, which
// lists show as an empty queue and the next deletion takes off. The other way round keys would stay
// that no list shows, `paused` among them. Jobs may come between the two, from a producer who
// entered the name before: so the queue is looked at once more, and its name entered again if it
// holds something. Who dies before that leaves a queue with jobs that no list shows, until a
// producer or daemon next connects or the doctor enters it; they run all the same. The command
// line, on its one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/error.h"
#include "common/queue/ask_one.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

// kGone: it holds nothing and nobody serves it; else nothing changes, and `n` is how many there are
// of what stands against it.
struct Forgotten {
  enum class Status { kGone, kNone, kJobs, kInbox, kRejected, kWorkers };
  Status status = Status::kNone;
  int64_t n = 0;
};
// really: false only asks what would be answered. kNone: it has no keys.
redis::Command forget_queue(const Keys& keys, bool really);
Result<Forgotten> parse_forget(redis::ReplyView reply);

// ask: each command may be sent again on a new connection. kNone: no keys, and no such name.
Result<Forgotten> foresee_forgetting(const AskOne& ask, const Keys& keys, std::string_view ns);
// Requires: kGone was foreseen. Never kNone: what was done by a call without a reply is done.
Result<Forgotten> forget_for_good(const AskOne& ask, const Keys& keys, std::string_view ns);

}  // namespace stint
