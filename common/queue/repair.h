// What brings a damaged queue back to its invariant: the faces of quarantine.lua, relock.lua,
// mend.lua and recount.lua. Each judges and repairs at one moment, finds nothing to do in a queue
// that is in order, and can be sent again.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

// One thing that was wrong and no longer is. what: "from -> to".
struct Repair {
  std::string check;  // as in docs/doctor.md
  std::string key;
  std::string id;  // empty: about no job
  std::string what;
};

// Whether a program was refused because a key is of another type: quarantine() moves it aside.
bool is_wrong_type(const Error& error);
// names: keys that are not of fixed names, without the prefix.
redis::Command quarantine(const Keys& keys, std::span<const std::string> names = {});
Result<std::vector<Repair>> parse_quarantine(const Keys& keys, redis::ReplyView reply);
// For the set of queues of a namespace. Returns as quarantine() does.
redis::Command quarantine_queues(std::string_view ns);

// A resource, and an id in its line ("": only the lock). Requires: at most kRelockAtOnce.
using Relock = std::pair<std::string, std::string>;
inline constexpr size_t kRelockAtOnce = 50;
redis::Command relock(const Keys& keys, std::span<const Relock> wanted);
Result<std::vector<Repair>> parse_relock(const Keys& keys, redis::ReplyView reply);

struct Mend {
  std::string id;
  std::optional<int64_t> copies;  // counted while it did not move; empty: not counted
  std::string unreadable;         // its record, if that cannot be read
};
// Requires: at most kMendAtOnce. longest: see mend.lua.
inline constexpr size_t kMendAtOnce = 20;
redis::Command mend(const Keys& keys, int64_t longest, int64_t lost_ghosts,
                    std::span<const Mend> jobs);
Result<std::vector<Repair>> parse_mend(redis::ReplyView reply);

// A field of `P stats`, what it says, what it should.
struct Recount {
  std::string field;
  std::string said;
  int64_t right = 0;
};
redis::Command recount(const Keys& keys, const Recount& wanted);

}  // namespace stint
