// A page of what a place holds, newest first, behind one that was seen before: the faces of
// page.lua and page_pending.lua. On a queue that moves, what stays where it is comes exactly once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/job/place.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

// The last that was seen of a place. Which number means what depends on the place.
struct PlaceMark {
  std::string id;         // empty: nothing yet
  int64_t score = 0;      // its score; for active the time of its claim, for pending where it stood
  int64_t plus = 0;       // pending: entries behind it that were seen as well
  bool reserved = false;  // pending: it stood in `reserved`
  friend bool operator==(const PlaceMark&, const PlaceMark&) = default;
};

// Requires: scheduled, blocked, failed or done. The answer: id, score, id, score, ...
redis::Command page(const Keys& keys, Place place, size_t n, const PlaceMark& after);

// The mark's id had no dead copies, or there is none.
redis::Command page_pending(const Keys& keys, size_t n, const PlaceMark& after);
struct PendingPage {
  int64_t from = 0;  // where in the list it begins
  std::vector<std::string> ids;
  std::vector<bool> has_dead_copies;  // of each id: it may come again
  std::vector<std::string> reserved;  // behind the last of pending
};
// On failure: kConflict if the mark is not to be found any more.
Result<PendingPage> parse_page_pending(redis::ReplyView reply);

}  // namespace stint
