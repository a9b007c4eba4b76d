#include "daemon/cli/first_in_line.h"

#include "common/job/record.h"

namespace stint::cli {
namespace {

// From the tail, where the next one stands. Several, because of dead copies.
constexpr const char* kFrom = "-10";

std::optional<int64_t> created_of_last(redis::ReplyView records) {
  for (size_t i = records.size(); i > 0; --i) {
    if (auto record = parse_record(records[i - 1].str())) {
      return record->created_ms;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::optional<int64_t>>> first_in_line(Session& session,
                                                          const std::vector<std::string>& queues) {
  std::vector<redis::Command> tails;
  for (const auto& queue : queues) {
    Keys keys(session.config().ns, queue);
    tails.push_back(redis::plain({"LRANGE", keys("pending"), kFrom, "-1"}));
  }
  std::vector<redis::Command> reads;
  std::vector<size_t> whose;
  auto lines = session.ask_all(tails);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i]) {
      return lines[i].error();
    }
    auto ids = texts_of(lines[i]->view());
    if (!ids.empty()) {
      reads.push_back(redis::plain({"HMGET", Keys(session.config().ns, queues[i])("jobs")}));
      reads.back().args.insert(reads.back().args.end(), ids.begin(), ids.end());
      whose.push_back(i);
    }
  }
  std::vector<std::optional<int64_t>> created(queues.size());
  auto records = session.ask_all(reads);
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i]) {
      return records[i].error();
    }
    created[whose[i]] = created_of_last(records[i]->view());
  }
  return created;
}

}  // namespace stint::cli
