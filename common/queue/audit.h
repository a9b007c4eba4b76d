// What the invariant needs to know of ids, each at one moment: the face of audit.lua. The doctor's,
// on its one thread. Cheap enough for every id of a queue: parameters, results and records stay in
// Redis.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

struct Audited {
  bool known = false;  // in `P jobs`
  // Places and side tables that name it. It is in `active` if `active` is not empty.
  bool scheduled = false, blocked = false, failed = false, done = false;
  bool lease = false, cancel = false, params = false, errors = false, outcome = false, logs = false;
  std::string active;          // the value
  std::string resource;        // of its record
  std::string holder;          // of that resource; empty: nobody
  bool rejected = false;       // not a job, and its outcome says that it was rejected
  bool params_inline = false;  // the record ends with the parameters
  bool params_apart =
      false;           // the record says that they are in `P params`; neither: it cannot be read
  bool waits = false;  // in the line of its resource
  bool line_readable = true;  // that line is a sorted set
  bool log_list = false;      // there is a `P log:<id>`
  int64_t log_bytes = 0;      // that `P logs` says it has
  bool far = false;           // due or kept for longer than any job may be
  int64_t weight = 0;         // of one in `done`: what it counts for keep_bytes
  int64_t ghosts = 0;
  std::optional<int64_t> copies;  // in pending and reserved; empty: not counted

  friend bool operator==(const Audited&, const Audited&) = default;
};

// Requires: at most kBatchJobs ids. Copies are counted if pending and reserved hold `longest`
// entries or fewer, which costs Redis about 10 ns an entry and id.
redis::Command audit(const Keys& keys, int64_t longest, std::span<const std::string> ids);
Result<std::vector<Audited>> parse_audit(redis::ReplyView reply, size_t count);

}  // namespace stint
