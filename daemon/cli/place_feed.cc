#include "daemon/cli/place_feed.h"

#include <algorithm>
#include <string>

#include "common/job/record.h"
#include "common/queue/steer.h"
#include "common/queue/upkeep.h"
#include "daemon/cli/outcome.h"

namespace stint::cli {
namespace {

std::string place_name(Place place) {
  return std::string(to_string(place));
}

std::vector<std::string> ids_of(const std::vector<Row>& rows) {
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) {
    ids.push_back(row.id);
  }
  return ids;
}

redis::Command many(const char* command, const std::string& key, const std::vector<Row>& rows) {
  redis::Command all = redis::plain({command, key});
  for (const auto& row : rows) {
    all.args.push_back(row.id);
  }
  return all;
}

void take_record(Row& row, std::string_view text) {
  auto record = parse_record(text);
  if (record) {
    row.task = std::string(record->task);
    row.resource = std::string(record->resource);
    row.created_ms = record->created_ms;
  }
}

// Errors of earlier attempts do not explain a success.
void take_errors(Row& row, std::string_view stored, std::string_view between_attempts) {
  Outcome outcome = parse_outcome(stored);
  auto errors = stored.empty() ? parse_errors(between_attempts) : outcome.errors;
  if (!errors.empty() && outcome.state != "done") {
    row.kind = errors.back().kind;
    row.error = errors.back().message;
  }
}

}  // namespace

PlaceFeed::PlaceFeed(Session& session, Place place, Detail detail, size_t offset)
    : session_(session), place_(place), detail_(detail), offset_(offset) {}

Result<std::vector<Row>> PlaceFeed::next(size_t n) {
  std::vector<Row> rows;
  while (rows.empty() && !done_) {
    auto read = read_ids(std::min(n, kBatchJobs));
    if (!read) {
      return read;
    }
    rows = std::move(*read);
    if (auto filled = fill(rows); !filled) {
      return filled.error();
    }
  }
  return rows;
}

Result<std::vector<Row>> PlaceFeed::read_ids(size_t n) {
  if (place_ == Place::kPending) {
    return read_pending(n);
  }
  return place_ == Place::kActive ? read_active(n) : read_sorted(n);
}

// The head of pending is the newest; what the reserved list holds was taken off its tail.
Result<std::vector<Row>> PlaceFeed::read_pending(size_t n) {
  const Keys& keys = session_.keys();
  auto lengths = session_.ask_all(
      {redis::plain({"LLEN", keys("pending")}), redis::plain({"HLEN", keys("ghosts")})});
  if (!lengths[0] || !lengths[1]) {
    return lengths[0] ? lengths[1].error() : lengths[0].error();
  }
  auto pending = static_cast<size_t>(lengths[0]->view().integer());
  has_ghosts_ = has_ghosts_ || lengths[1]->view().integer() > 0;
  bool in_list = offset_ < pending;
  size_t from = in_list ? offset_ : offset_ - pending;
  auto page = session_.ask(redis::plain({"LRANGE", keys(in_list ? "pending" : "reserved"),
                                         std::to_string(from), std::to_string(from + n - 1)}));
  if (!page) {
    return page.error();
  }
  auto ids = texts_of(page->view());
  auto twice = may_stand_twice(ids);
  if (!twice) {
    return twice.error();
  }
  std::vector<Row> rows;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!(*twice)[i] || seen_.insert(ids[i]).second) {
      rows.push_back({ids[i], Place::kPending, 0, 0, {}, {}, {}, {}});
    }
  }
  offset_ += ids.size();
  done_ = page->view().size() == 0;
  if (auto dropped = drop_moved(rows); !dropped) {
    return dropped.error();
  }
  return rows;
}

// Only ids that have dead copies can be met again; the others need not be remembered.
Result<std::vector<bool>> PlaceFeed::may_stand_twice(const std::vector<std::string>& ids) {
  std::vector<bool> twice(ids.size(), false);
  if (!has_ghosts_ || ids.empty()) {
    return twice;
  }
  redis::Command ask = redis::plain({"HMGET", session_.keys()("ghosts")});
  ask.args.insert(ask.args.end(), ids.begin(), ids.end());
  auto reply = session_.ask(ask);
  if (!reply) {
    return reply.error();
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    twice[i] = !reply->view()[i].is_nil();
  }
  return twice;
}

// Dead copies in the list belong to jobs that are gone or elsewhere.
Result<void> PlaceFeed::drop_moved(std::vector<Row>& rows) {
  if (rows.empty()) {
    return {};
  }
  auto ids = ids_of(rows);
  auto reply = session_.ask(locate(session_.keys(), ids));
  if (!reply) {
    return reply.error();
  }
  auto places = parse_locate(reply->view(), ids.size());
  if (!places) {
    return places.error();
  }
  std::vector<Row> still;
  for (size_t i = 0; i < rows.size(); ++i) {
    if ((*places)[i] == Place::kPending) {
      still.push_back(std::move(rows[i]));
    }
  }
  rows = std::move(still);
  return {};
}

Result<std::vector<Row>> PlaceFeed::read_active(size_t n) {
  std::string cursor = "0";
  while (!active_read_) {
    auto page =
        session_.ask(redis::plain({"HSCAN", session_.keys()("active"), cursor, "COUNT", "500"}));
    if (!page || page->view().size() != 2) {
      return page ? Error{ErrorCode::kInternal, "HSCAN: unexpected answer"} : page.error();
    }
    auto values = page->view()[1];
    for (size_t i = 0; i + 1 < values.size(); i += 2) {
      auto entry = parse_active(values[i + 1].str());
      int64_t claimed = entry ? static_cast<int64_t>(entry->token / 1000) : 0;
      active_.push_back({std::string(values[i].str()), place_, claimed, 0, {}, {}, {}, {}});
    }
    cursor = std::string(page->view()[0].str());
    active_read_ = cursor == "0";
    if (active_read_) {
      std::sort(active_.begin(), active_.end(), [](const Row& a, const Row& b) {
        return std::tie(b.score_ms, b.id) < std::tie(a.score_ms, a.id);
      });
      auto twins = std::unique(active_.begin(), active_.end(),
                               [](const Row& a, const Row& b) { return a.id == b.id; });
      active_.erase(twins, active_.end());
    }
  }
  std::vector<Row> rows;
  while (rows.size() < n && offset_ < active_.size()) {
    rows.push_back(active_[offset_++]);
  }
  done_ = offset_ >= active_.size();
  return rows;
}

Result<std::vector<Row>> PlaceFeed::read_sorted(size_t n) {
  auto page = session_.ask(
      redis::plain({"ZRANGE", session_.keys()(place_name(place_)), std::to_string(offset_),
                    std::to_string(offset_ + n - 1), "REV", "WITHSCORES"}));
  if (!page) {
    return page.error();
  }
  std::vector<Row> rows;
  auto flat = page->view();
  for (size_t i = 0; i + 1 < flat.size(); i += 2) {
    rows.push_back({std::string(flat[i].str()), place_, flat[i + 1].integer(), 0, {}, {}, {}, {}});
  }
  offset_ += rows.size();
  done_ = rows.size() < n;
  return rows;
}

Result<void> PlaceFeed::fill(std::vector<Row>& rows) {
  if (rows.empty() || (!detail_.record && !detail_.errors)) {
    return {};
  }
  const Keys& keys = session_.keys();
  std::vector<redis::Command> asked{many("HMGET", keys("jobs"), rows)};
  if (detail_.errors) {
    asked.push_back(many("HMGET", keys("outcomes"), rows));
    asked.push_back(many("HMGET", keys("errors"), rows));
  }
  auto replies = session_.ask_all(asked);
  for (const auto& reply : replies) {
    if (!reply) {
      return reply.error();
    }
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    take_record(rows[i], replies[0]->view()[i].str());
    if (detail_.errors) {
      take_errors(rows[i], replies[1]->view()[i].str(), replies[2]->view()[i].str());
    }
  }
  return {};
}

}  // namespace stint::cli
