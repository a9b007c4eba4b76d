// All jobs that a filter means, page by page, place after place: what count, retry, delete and
// cancel go through.
#pragma once

#include <deque>
#include <vector>

#include "daemon/cli/place_feed.h"

namespace stint::cli {

class JobScan {
 public:
  // places: where to look, if the filter does not say a state.
  JobScan(Session& session, Filter filter, std::vector<Place> places, Detail detail = {});

  // The next jobs that match; empty: that was all, or the limit is reached.
  Result<std::vector<Row>> next();
  int64_t looked_at() const { return looked_at_; }

 private:
  Filter filter_;
  std::deque<PlaceFeed> feeds_;
  size_t found_ = 0;
  int64_t looked_at_ = 0;
};

const std::vector<Place>& all_places();

}  // namespace stint::cli
