// The jobs of one place of a queue, page by page, newest first: never all of them in memory,
// however many there are. It looks at a queue that moves: a job that changes its place meanwhile
// may be missed or come twice, so whoever acts on what it lists says where he expects it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/filter.h"
#include "daemon/cli/session.h"

namespace stint::cli {

// What is to be read of each job beside its id.
struct Detail {
  bool record = false;  // task, resource, created
  bool errors = false;  // kind and text of the last failed attempt
};

class PlaceFeed {
 public:
  PlaceFeed(Session& session, Place place, Detail detail, size_t offset = 0);

  // The next at most n jobs. empty() and done(): that was all.
  Result<std::vector<Row>> next(size_t n);
  bool done() const { return done_; }
  // Entries read so far, from the offset on: a later feed goes on there. Copies that are no jobs
  // are counted too.
  size_t consumed() const { return offset_; }

 private:
  Result<std::vector<Row>> read_ids(size_t n);
  Result<std::vector<Row>> read_pending(size_t n);
  Result<std::vector<Row>> read_active(size_t n);
  Result<std::vector<Row>> read_sorted(size_t n);
  Result<std::vector<bool>> may_stand_twice(const std::vector<std::string>& ids);
  Result<void> drop_moved(std::vector<Row>& rows);
  Result<void> fill(std::vector<Row>& rows);

  Session& session_;
  Place place_;
  Detail detail_;
  size_t offset_;
  bool done_ = false;
  bool active_read_ = false;
  std::vector<Row> active_;     // all of them: bounded by what workers hold
  std::set<std::string> seen_;  // of pending: ids that have dead copies there
  bool has_ghosts_ = false;
};

}  // namespace stint::cli
