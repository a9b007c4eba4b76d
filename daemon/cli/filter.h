// Which jobs are meant: the options --state --task --resource --kind --error --since --until
// --limit, the same for every verb. since and until mean when the job came to where it is for
// failed ones (the time of the final failure), and when it was submitted for all others. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/job/place.h"

namespace stint::cli {

// As the options were given.
struct FilterWords {
  std::optional<std::string> state, task, resource, kind, error, since, until;
  std::optional<int> limit;
};

// A job as a scan sees it; outcome fields are filled only where the filter needs them.
struct Row {
  std::string id;
  Place place = Place::kPending;
  int64_t score_ms = 0;  // of the sorted set it is in; 0 elsewhere
  int64_t created_ms = 0;
  std::string task, resource;
  std::string kind, error;  // of its last failed attempt
  bool cancelled = false;   // it is done because somebody cancelled it
};

struct Filter {
  std::optional<Place> state;
  bool cancelled = false;  // of those that are done only the cancelled
  std::optional<std::string> task, resource, kind, error;
  std::optional<int64_t> since_ms, until_ms;
  std::optional<size_t> limit;

  // Says more than the state and the limit.
  bool looks_inside() const {
    return cancelled || task || resource || kind || error || since_ms || until_ms;
  }
  bool says_anything() const { return state || looks_inside(); }
  bool needs_record() const { return task || resource || since_ms || until_ms; }
  bool needs_errors() const { return cancelled || kind || error; }
  bool matches(const Row& row) const;
};

// On failure: kInvalid, with the nearest known state or kind. A duration in since or until means so
// long ago.
Result<Filter> make_filter(const FilterWords& words, int64_t now_ms);

// Where ids say which jobs, a filter beside them would be passed over. On failure: kInvalid.
Result<void> check_ids_alone(const std::vector<std::string>& ids, const Filter& filter, bool all);

// "failed jobs with task resize", "1 failed job with task resize": for questions and summaries.
std::string describe(const Filter& filter);
std::string describe(int64_t n, const Filter& filter);

// The kinds of errors, in the order of docs/protocol.md.
const std::vector<std::string>& error_kinds();

}  // namespace stint::cli
