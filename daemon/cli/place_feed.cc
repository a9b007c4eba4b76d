#include "daemon/cli/place_feed.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "client/outcome.h"
#include "common/interrupt.h"
#include "common/job/record.h"
#include "common/queue/steer.h"
#include "common/queue/upkeep.h"

namespace stint::cli {
namespace {

std::vector<std::string> ids_of(const std::vector<Row>& rows, size_t from, size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (size_t i = from; i < from + count; ++i) {
    ids.push_back(rows[i].id);
  }
  return ids;
}

void keep_only(std::vector<Row>& rows, std::vector<PlaceMark>& marks,
               const std::vector<bool>& keep) {
  size_t kept = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (keep[i]) {
      std::swap(rows[kept], rows[i]);
      std::swap(marks[kept], marks[i]);
      ++kept;
    }
  }
  rows.resize(kept);
  marks.resize(kept);
}

// The newest first.
bool stands_before(const Row& a, const Row& b) {
  return std::tie(b.score_ms, b.id) < std::tie(a.score_ms, a.id);
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
  row.cancelled = outcome.state == "cancelled";
  auto errors = stored.empty() ? parse_errors(between_attempts) : outcome.errors;
  if (!errors.empty() && outcome.state != "done") {
    row.kind = errors.back().kind;
    row.error = errors.back().message;
  }
}

}  // namespace

PlaceFeed::PlaceFeed(Session& session, Place place, Detail detail, PlaceMark after)
    : session_(session),
      place_(place),
      detail_(detail),
      mark_(std::move(after)),
      resumed_(mark_ != PlaceMark{}) {}

Result<std::vector<Row>> PlaceFeed::next(size_t n) {
  std::vector<Row> rows;
  while (rows.empty() && !done_ && !interrupted()) {
    marks_.clear();
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
    return mark_.reserved ? read_reserved() : read_pending(n);
  }
  return place_ == Place::kActive ? read_active(n) : read_sorted(n);
}

void PlaceFeed::add(std::vector<Row>& rows, std::string id, int64_t score) {
  rows.push_back({std::move(id), place_, score, 0, {}, {}, {}, {}});
  marks_.push_back(mark_);
}

// The head of pending is the newest; what the reserved list holds was taken off its tail.
Result<std::vector<Row>> PlaceFeed::read_pending(size_t n) {
  auto reply = session_.ask(page_pending(session_.keys(), n, mark_));
  if (!reply) {
    return reply.error();
  }
  auto page = parse_page_pending(reply->view());
  if (!page) {
    return page.error();
  }
  std::vector<Row> rows;
  for (size_t i = 0; i < page->ids.size(); ++i) {
    // Only an id without dead copies can be found again for certain.
    bool is_anchor = !page->has_dead_copies[i];
    mark_.plus = is_anchor ? 0 : mark_.plus + 1;
    if (is_anchor) {
      mark_.id = page->ids[i];
      mark_.score = page->from + static_cast<int64_t>(i);
    }
    add(rows, page->ids[i], 0);
  }
  if (auto dropped = drop_copies(rows, *page); !dropped) {
    return dropped.error();
  }
  if (page->ids.size() < n) {
    take_reserved(rows, page->reserved);
  }
  if (auto dropped = drop_moved(rows); !dropped) {
    return dropped.error();
  }
  return rows;
}

// What stands behind one that was seen there; if that one was claimed, so was all behind it.
Result<std::vector<Row>> PlaceFeed::read_reserved() {
  auto reply = session_.ask(redis::plain({"LRANGE", session_.keys()("reserved"), "0", "-1"}));
  if (!reply) {
    return reply.error();
  }
  auto ids = texts_of(reply->view());
  auto seen = std::find(ids.begin(), ids.end(), mark_.id);
  ids.erase(ids.begin(), seen == ids.end() ? seen : seen + 1);
  std::vector<Row> rows;
  take_reserved(rows, ids);
  if (auto dropped = drop_moved(rows); !dropped) {
    return dropped.error();
  }
  return rows;
}

void PlaceFeed::take_reserved(std::vector<Row>& rows, const std::vector<std::string>& ids) {
  done_ = true;
  for (const auto& id : ids) {
    mark_ = {id, 0, 0, true};
    if (seen_.insert(id).second) {
      add(rows, id, 0);
    }
  }
}

// Of an id that stands there more than once the copy next to the head is the job.
Result<void> PlaceFeed::drop_copies(std::vector<Row>& rows, const PendingPage& page) {
  std::vector<redis::Command> asked;
  std::vector<size_t> doubtful;
  std::vector<bool> keep(rows.size(), true);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!page.has_dead_copies[i]) {
      continue;
    }
    int64_t in_front = page.from + static_cast<int64_t>(i);
    keep[i] = seen_.insert(rows[i].id).second;
    // A copy that an earlier list has shown is known to nobody any more.
    if (keep[i] && resumed_ && in_front > 0) {
      doubtful.push_back(i);
      asked.push_back(redis::plain(
          {"LPOS", session_.keys()("pending"), rows[i].id, "MAXLEN", std::to_string(in_front)}));
    }
  }
  auto replies = session_.ask_all(asked);
  for (size_t k = 0; k < replies.size(); ++k) {
    if (!replies[k]) {
      return replies[k].error();
    }
    keep[doubtful[k]] = replies[k]->view().is_nil();
  }
  keep_only(rows, marks_, keep);
  return {};
}

// Dead copies in the list belong to jobs that are gone or elsewhere.
Result<void> PlaceFeed::drop_moved(std::vector<Row>& rows) {
  std::vector<bool> keep;
  for (size_t from = 0; from < rows.size(); from += kBatchJobs) {
    auto ids = ids_of(rows, from, std::min(kBatchJobs, rows.size() - from));
    auto reply = session_.ask(locate(session_.keys(), ids));
    if (!reply) {
      return reply.error();
    }
    auto places = parse_locate(reply->view(), ids.size());
    if (!places) {
      return places.error();
    }
    for (const auto& place : *places) {
      keep.push_back(place == Place::kPending);
    }
  }
  keep_only(rows, marks_, keep);
  return {};
}

Result<void> PlaceFeed::scan_active() {
  std::string cursor = "0";
  do {
    auto page =
        session_.ask(redis::plain({"HSCAN", session_.keys()("active"), cursor, "COUNT", "500"}));
    if (!page || page->view().size() != 2) {
      return page ? Error{ErrorCode::kInternal, "HSCAN: unexpected answer"} : page.error();
    }
    auto values = page->view()[1];
    for (size_t i = 0; i + 1 < values.size(); i += 2) {
      auto entry = parse_active(values[i + 1].str());
      int64_t claimed = entry ? entry->claimed_ms : 0;
      active_.push_back({std::string(values[i].str()), place_, claimed, 0, {}, {}, {}, {}});
    }
    cursor = std::string(page->view()[0].str());
  } while (cursor != "0");
  std::sort(active_.begin(), active_.end(), stands_before);
  auto twins = std::unique(active_.begin(), active_.end(),
                           [](const Row& a, const Row& b) { return a.id == b.id; });
  active_.erase(twins, active_.end());
  active_read_ = true;
  return {};
}

Result<std::vector<Row>> PlaceFeed::read_active(size_t n) {
  if (!active_read_) {
    if (auto scanned = scan_active(); !scanned) {
      return scanned.error();
    }
    Row seen{mark_.id, place_, mark_.score, 0, {}, {}, {}, {}};
    auto first = resumed_ ? std::upper_bound(active_.begin(), active_.end(), seen, stands_before)
                          : active_.begin();
    active_next_ = static_cast<size_t>(first - active_.begin());
  }
  std::vector<Row> rows;
  for (; rows.size() < n && active_next_ < active_.size(); ++active_next_) {
    const Row& row = active_[active_next_];
    mark_ = {row.id, row.score_ms, 0, false};
    add(rows, row.id, row.score_ms);
  }
  done_ = active_next_ >= active_.size();
  return rows;
}

Result<std::vector<Row>> PlaceFeed::read_sorted(size_t n) {
  auto page = session_.ask(stint::page(session_.keys(), place_, n, mark_));
  if (!page) {
    return page.error();
  }
  std::vector<Row> rows;
  auto flat = page->view();
  for (size_t i = 0; i + 1 < flat.size(); i += 2) {
    mark_ = {std::string(flat[i].str()), flat[i + 1].integer(), 0, false};
    add(rows, mark_.id, mark_.score);
  }
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
