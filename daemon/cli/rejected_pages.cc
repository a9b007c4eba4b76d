#include "daemon/cli/rejected_pages.h"

#include <algorithm>
#include <span>

#include "client/door.h"
#include "common/queue/upkeep.h"
#include "common/refusal.h"

namespace stint::cli {
namespace {

// So many of them one call carries.
size_t count_of_batch(std::span<const std::string> entries) {
  size_t bytes = 0;
  size_t n = 0;
  while (n < std::min(entries.size(), kUnrejectEntries)) {
    bytes += entries[n].size();
    if (n > 0 && bytes > kBatchBytes) {
      break;
    }
    ++n;
  }
  return n;
}

// Not sent again where the answer is lost: how many were moved would not be known.
Result<int64_t> move_batch(Session& session, bool retry, std::span<const std::string> entries) {
  auto reply = session.run(unreject(session.keys(), retry, entries));
  return reply ? parse_unreject(reply->view())
               : Result<int64_t>(explain_refusal(reply.error(), session.config()));
}

}  // namespace

Result<std::vector<std::string>> find_rejected(Session& session, const RejectedOptions& options,
                                               size_t limit) {
  auto page = page_of_rejected(session, options, limit, std::nullopt);
  return page ? Result<std::vector<std::string>>(std::move(page->entries)) : page.error();
}

Result<int64_t> move_rejected(Session& session, const std::vector<std::string>& entries,
                              bool retry) {
  if (auto enough = check_rights(session); !enough) {
    return enough.error();
  }
  const std::vector<std::string> oldest_first(entries.rbegin(), entries.rend());
  int64_t moved = 0;
  for (std::span<const std::string> rest(oldest_first); !rest.empty();) {
    auto some = rest.first(count_of_batch(rest));
    auto done = move_batch(session, retry, some);
    if (!done) {
      return with_context(grouped(moved) + " moved, then", done.error());
    }
    moved += *done;
    rest = rest.subspan(some.size());
  }
  return moved;
}

}  // namespace stint::cli
