// What daemons do for a queue beside running jobs: sweep, promote, expire, take the inbox in,
// announce workers, notice that Redis is another than before. Each is one bounded batch; any number
// of daemons may do it at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/job/place.h"
#include "common/job/spec.h"
#include "common/queue/finish.h"
#include "common/queue/keys.h"
#include "common/redis/script.h"

namespace stint {

// The value in `P active`. Views into the text.
struct ActiveEntry {
  uint64_t token = 0;
  std::string_view worker;
  bool started = false;
  int64_t claimed_ms = 0;  // by Redis' clock
  milliseconds lease{30'000};
  std::string_view resource;
};
Result<ActiveEntry> parse_active(std::string_view value);

// sweep: settles attempts whose holder is gone, if value and mark are still what was seen. mark
// empty: none in `leases`.
struct Suspect {
  std::string id;
  std::string active_value;
  std::string mark;
};
redis::Command sweep(const Keys& keys, milliseconds keep_cancelled,
                     std::span<const Suspect> suspects);
struct Swept {
  std::string id;
  Place place;
};
Result<std::vector<Swept>> parse_sweep(redis::ReplyView reply);

// promote: scheduled -> pending; expire: done -> gone (also trims while `P pressure` is present).
redis::Command promote(const Keys& keys, size_t limit = kBatchJobs);
redis::Command expire(const Keys& keys, size_t limit = kBatchJobs);
struct Moved {
  size_t count = 0;
  std::optional<milliseconds> next;  // until the next is due; none: nothing waits
};
Result<Moved> parse_moved(redis::ReplyView reply);

// peek: what an intake will take next, behind `known` entries at the tail: at most kBatchJobs, and
// kBatchBytes unless the first has more. Of one that is larger than a job may be only the
// beginning.
struct RawEntry {
  std::string bytes;
  size_t cut_from = 0;  // so many it has in truth; 0: these are all
};
inline constexpr size_t kEntryBeginning = size_t{64} << 10;
redis::Command peek(const Keys& keys, const std::string& list, size_t known);
Result<std::vector<RawEntry>> parse_peek(redis::ReplyView reply);

// intake: the tail of `list` -> pending, scheduled or rejected. Entries in the order in which they
// are taken (tail first).
struct InboxEntry {
  std::string raw;             // compared byte for byte with the tail
  std::optional<JobSpec> job;  // empty: refused, for `reason`
  std::string reason;
  std::string id;    // of a refused one, if it said one
  bool cut = false;  // refused, and raw is only its beginning
};
struct IntakeAnswer {
  enum class Status {
    kOk,
    kMoved,     // another daemon took some first: read the list again
    kConflict,  // the entry after the taken ones has a known id with other content: send it again
                // as refused
  };
  size_t taken = 0;
  Status status = Status::kOk;
};
redis::Command intake(const Keys& keys, const std::string& list, std::string_view nonce,
                      int64_t rejected_max, std::span<const InboxEntry> entries);
Result<IntakeAnswer> parse_intake(redis::ReplyView reply);
// A rejected entry taken apart. On failure: kInvalid.
struct Rejected {
  std::string id;
  std::string header;  // {"at","from","reason"}
  std::string raw;
};
Result<Rejected> parse_rejected(std::string_view entry);

// unreject: entries of `rejected`, as they are stored, oldest first: back into the inbox, or gone;
// what their ids' outcomes say of them goes too. At most kUnrejectEntries, and kBatchBytes unless
// the first has more: each is looked for in the list.
inline constexpr size_t kUnrejectEntries = 20;
redis::Command unreject(const Keys& keys, bool retry, std::span<const std::string> stored);
// How many were there.
Result<int64_t> parse_unreject(redis::ReplyView reply);

// announce: a worker says that it lives and what it is; its registration lapses after ttl without
// another.
redis::Command announce(const Keys& keys, std::string_view worker, milliseconds ttl,
                        std::span<const std::pair<std::string, std::string>> fields,
                        std::span<const std::string> tasks);

// epoch: before the first claim on every new connection. Tokens must grow also after data loss or
// failover. seen: the largest that the caller knows of, 0: none.
redis::Command epoch(const Keys& keys, std::string_view run_id, uint64_t seen = 0);

}  // namespace stint
