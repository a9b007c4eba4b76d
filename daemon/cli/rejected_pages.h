// Reads `P rejected` in pages (rejected_list.cc) and moves entries out of it by unreject.lua, so
// that an entry which somebody else took meanwhile is not put into the inbox twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/rejected.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// Where a list ended: the last entry that it read. Entries have no name of their own, and equal
// ones may stand beside each other, so it says the how manieth of its like from the newest on.
struct RejectedMark {
  std::string at;  // of its header: should it be gone, the list goes on with what is no newer
  uint64_t digest = 0;
  int64_t nth = 0;
  bool operator==(const RejectedMark&) const = default;
};
std::string mark_text(const RejectedMark& mark);
// On failure: kInvalid.
Result<RejectedMark> parse_rejected_mark(const std::string& text);

// How many at the head of a page stood on the one before, whose last entry its first should be:
// what was refused meanwhile has moved them. Where that one is gone or further on: what is newer.
// Pure.
size_t count_seen(const std::vector<std::string>& page, const std::string& last);

// One page for people and programs, newest first. after: there are more, behind that one.
struct RejectedPage {
  std::vector<std::string> entries;
  std::optional<RejectedMark> after;
};
Result<RejectedPage> page_of_rejected(Session& session, const RejectedOptions& options,
                                      size_t limit, const std::optional<RejectedMark>& from);

// The entries as they are stored, newest first.
Result<std::vector<std::string>> find_rejected(Session& session, const RejectedOptions& options,
                                               size_t limit);

// Oldest first. retry: back into the inbox; else gone. Returns how many. On failure: kUnavailable
// (of the last few nothing is known), kRefused, kConfig (a right is missing).
Result<int64_t> move_rejected(Session& session, const std::vector<std::string>& entries,
                              bool retry);

}  // namespace stint::cli
