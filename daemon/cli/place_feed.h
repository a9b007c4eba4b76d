// The jobs of one place of a queue, page by page, newest first: never all of them in memory,
// however many there are. It looks at a queue that moves: a job that stays in its place comes once;
// one that changes it meanwhile may be missed or come twice, so whoever acts on what it lists says
// where he expects it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "common/queue/pages.h"
#include "daemon/cli/filter.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// What is to be read of each job beside its id.
struct Detail {
  bool record = false;  // task, resource, created
  bool errors = false;  // kind and text of the last failed attempt
  bool ends = false;    // of those that are done: which were cancelled
};

class PlaceFeed {
 public:
  // after: go on behind it; where none is given, from the first.
  PlaceFeed(Session& session, Place place, Detail detail, PlaceMark after = {});

  // The next at most n jobs. empty() and done(): that was all.
  Result<std::vector<Row>> next(size_t n);
  bool done() const { return done_; }
  // A mark for each row that next() returned last, and one for all that was read, also what was no
  // job.
  const std::vector<PlaceMark>& marks() const { return marks_; }
  const PlaceMark& mark() const { return mark_; }

 private:
  Result<std::vector<Row>> read_ids(size_t n);
  Result<std::vector<Row>> read_pending(size_t n);
  Result<std::vector<Row>> read_reserved();
  Result<std::vector<Row>> read_active(size_t n);
  Result<std::vector<Row>> read_sorted(size_t n);
  void take_reserved(std::vector<Row>& rows, const std::vector<std::string>& ids);
  void add(std::vector<Row>& rows, std::string id, int64_t score);
  Result<void> drop_copies(std::vector<Row>& rows, const PendingPage& page);
  Result<void> drop_moved(std::vector<Row>& rows);
  Result<void> scan_active();
  Result<void> fill(std::vector<Row>& rows);

  Session& session_;
  Place place_;
  Detail detail_;
  PlaceMark mark_;
  std::vector<PlaceMark> marks_;
  bool resumed_;
  bool done_ = false;
  bool active_read_ = false;
  std::vector<Row> active_;  // all of them: bounded by what workers hold
  size_t active_next_ = 0;
  std::set<std::string> seen_;  // of pending: ids that have dead copies there
};

}  // namespace stint::cli
