#include "daemon/cli/job_scan.h"

#include <utility>

#include "common/interrupt.h"

namespace stint::cli {

const std::vector<Place>& all_places() {
  static const std::vector<Place> places{Place::kPending, Place::kActive, Place::kScheduled,
                                         Place::kBlocked, Place::kFailed, Place::kDone};
  return places;
}

JobScan::JobScan(Session& session, Filter filter, std::vector<Place> places, Detail detail)
    : filter_(std::move(filter)) {
  if (filter_.state) {
    places = {*filter_.state};
  }
  detail.record = detail.record || filter_.needs_record();
  detail.errors = detail.errors || filter_.needs_errors();
  for (Place place : places) {
    Detail wanted = detail;
    wanted.errors = detail.errors || (detail.ends && place == Place::kDone);
    feeds_.emplace_back(session, place, wanted);
  }
}

Result<std::vector<Row>> JobScan::next() {
  std::vector<Row> matching;
  while (matching.empty() && !feeds_.empty() && !interrupted() &&
         (!filter_.limit || found_ < *filter_.limit)) {
    auto rows = feeds_.front().next(kBatchJobs);
    if (!rows) {
      return rows;
    }
    looked_at_ += static_cast<int64_t>(rows->size());
    for (auto& row : *rows) {
      if (filter_.matches(row) && (!filter_.limit || found_ < *filter_.limit)) {
        ++found_;
        matching.push_back(std::move(row));
      }
    }
    if (feeds_.front().done()) {
      feeds_.pop_front();
    }
  }
  return matching;
}

}  // namespace stint::cli
