// The copies of ids in pending and reserved, on a queue whose lists move while they are counted.
// A census counts all entries of a part of the ids once, by hash (8 bytes an entry). What does not
// fit it becomes a suspect, most often a job that moved since; suspects are counted again, exactly,
// before anything is reported. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "common/queue/audit.h"
#include "common/queue/judge.h"
#include "daemon/cli/doctor_pages.h"
#include "daemon/cli/doctor_part.h"

namespace stint::cli {

using Sink = std::function<void(Finding)>;

// LPOS takes about 10 ns an entry: so long may the lists be to be searched in one script, and so
// much may one script search.
constexpr int64_t kLongestSearched = 100'000;
constexpr int64_t kSearchedAtOnce = 200'000;

// One moment an id, 100 ids a script, a few scripts a round trip.
Result<std::vector<Audited>> audit_all(const Ask& ask, const Keys& keys,
                                       std::span<const std::string> ids);

class CopyCheck {
 public:
  CopyCheck(const Ask& ask, const Keys& keys, Sink sink)
      : ask_(ask), keys_(keys), sink_(std::move(sink)) {}

  // go_on: asked after every page. On failure: also kTimedOut, when it says no.
  Result<void> take_census(const Part& part, const std::function<bool()>& go_on);
  // Requires: take_census() of its part before. On failure: of resolve(), when too many are
  // suspect.
  Result<void> consider(const std::string& id, const Audited& job);
  Result<void> resolve();

 private:
  using Strikes = std::map<std::string, int>;  // how often an id had a wrong count
  int64_t census_of(const std::string& id) const;
  Result<int64_t> entries();
  Result<void> judge_exactly(int64_t entries);
  Result<void> recount();
  Result<std::map<std::string, int64_t>> count_suspects();

  const Ask& ask_;
  const Keys& keys_;
  Sink sink_;
  std::vector<uint64_t> census_;  // sorted
  Strikes suspects_;
};

}  // namespace stint::cli
