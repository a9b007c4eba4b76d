#include "daemon/cli/rejected_pages.h"

#include "common/queue/upkeep.h"

namespace stint::cli {
namespace {

constexpr int kTries = 100;  // others push to the list meanwhile

// One entry, in one transaction. True: it was there and is moved. On failure: kUnavailable,
// kConflict.
Result<bool> move_one(Session& session, const std::string& stored, const Rejected& entry,
                      bool retry) {
  const Keys& keys = session.keys();
  for (int i = 0; i < kTries; ++i) {
    auto before = session.run_all({redis::plain({"WATCH", keys("rejected"), keys("jobs")}),
                                   redis::plain({"LPOS", keys("rejected"), stored}),
                                   redis::plain({"HEXISTS", keys("jobs"), entry.id})});
    for (const auto& reply : before) {
      if (!reply) {
        return reply.error();
      }
    }
    if (before[1]->view().is_nil()) {
      auto unwatched = session.run(redis::plain({"UNWATCH"}));
      return unwatched ? Result<bool>(false) : unwatched.error();
    }
    std::vector<redis::Command> change{redis::plain({"MULTI"}),
                                       redis::plain({"LREM", keys("rejected"), "1", stored})};
    // Whoever polls the id must not read the old refusal; unless a job took the id since.
    if (!entry.id.empty() && before[2]->view().integer() == 0) {
      change.push_back(redis::plain({"HDEL", keys("outcomes"), entry.id}));
    }
    if (retry) {
      change.push_back(redis::plain({"LPUSH", keys("inbox"), entry.raw}));
    }
    change.push_back(redis::plain({"EXEC"}));
    auto replies = session.run_all(change);
    if (!replies.back()) {
      return replies.back().error();
    }
    if (replies.back()->view().is_array()) {
      return true;
    }
  }
  return Error{ErrorCode::kConflict, keys("rejected") + " changes too fast: try again"};
}

}  // namespace

Result<std::vector<std::string>> find_rejected(Session& session, const RejectedOptions& options,
                                               size_t limit) {
  auto page = page_of_rejected(session, options, limit, std::nullopt);
  return page ? Result<std::vector<std::string>>(std::move(page->entries)) : page.error();
}

Result<int64_t> move_rejected(Session& session, const std::vector<std::string>& entries,
                              bool retry) {
  int64_t moved = 0;
  for (auto stored = entries.rbegin(); stored != entries.rend(); ++stored) {
    auto entry = parse_rejected(*stored);
    if (!entry) {
      return entry.error();
    }
    auto done = move_one(session, *stored, *entry, retry);
    if (!done) {
      return with_context(grouped(moved) + " moved, then", done.error());
    }
    moved += *done ? 1 : 0;
  }
  return moved;
}

}  // namespace stint::cli
