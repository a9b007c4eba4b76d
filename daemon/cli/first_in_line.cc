#include "daemon/cli/first_in_line.h"

#include <numeric>
#include <utility>

#include "common/job/record.h"

namespace stint::cli {
namespace {

// From the tail, where the next one stands. Several, because of dead copies: a few mostly do, and
// many stand there after a purge of a paused queue.
constexpr size_t kFew = 10;
constexpr size_t kMany = 1000;

std::optional<int64_t> created_of_last(redis::ReplyView records) {
  for (size_t i = records.size(); i > 0; --i) {
    if (auto record = parse_record(records[i - 1].str())) {
      return record->created_ms;
    }
  }
  return std::nullopt;
}

// created: filled in for these of the queues. which: afterwards those that have more to look at.
Result<void> look_from_tail(Session& session, const std::vector<std::string>& queues, size_t depth,
                            std::vector<size_t>& which,
                            std::vector<std::optional<int64_t>>& created) {
  std::vector<redis::Command> tails;
  for (size_t i : which) {
    Keys keys(session.config().ns, queues[i]);
    tails.push_back(redis::plain({"LRANGE", keys("pending"), "-" + std::to_string(depth), "-1"}));
    // Before all those: what a worker has been served and not claimed yet.
    tails.push_back(redis::plain({"LRANGE", keys("reserved"), "-" + std::to_string(kFew), "-1"}));
  }
  std::vector<redis::Command> reads;
  std::vector<size_t> read, longer;
  auto lines = session.ask_all(tails);
  for (size_t i = 0; i < which.size(); ++i) {
    std::vector<std::string> ids;
    for (size_t list : {2 * i, 2 * i + 1}) {
      if (!lines[list]) {
        return lines[list].error();
      }
      auto more = texts_of(lines[list]->view());
      ids.insert(ids.end(), more.begin(), more.end());
    }
    if (!ids.empty()) {
      reads.push_back(redis::plain({"HMGET", Keys(session.config().ns, queues[which[i]])("jobs")}));
      reads.back().args.insert(reads.back().args.end(), ids.begin(), ids.end());
      read.push_back(which[i]);
    }
  }
  auto records = session.ask_all(reads);
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i]) {
      return records[i].error();
    }
    created[read[i]] = created_of_last(records[i]->view());
    if (!created[read[i]] && records[i]->view().size() >= depth) {
      longer.push_back(read[i]);
    }
  }
  which = std::move(longer);
  return {};
}

}  // namespace

Result<std::vector<std::optional<int64_t>>> first_in_line(Session& session,
                                                          const std::vector<std::string>& queues) {
  std::vector<std::optional<int64_t>> created(queues.size());
  std::vector<size_t> which(queues.size());
  std::iota(which.begin(), which.end(), size_t{0});
  for (size_t depth : {kFew, kMany}) {
    if (auto looked = look_from_tail(session, queues, depth, which, created); !looked) {
      return looked.error();
    }
  }
  return created;
}

}  // namespace stint::cli
