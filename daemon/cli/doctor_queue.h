// Checks every clause of the invariant for one queue while its jobs move: page by page, every page
// judged by a script that sees its ids at one moment, everything two-sided looked at again before
// it is said. Reads only. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/queue/judge.h"
#include "daemon/cli/doctor_copies.h"
#include "daemon/cli/doctor_pages.h"

namespace stint::cli {

// As many ids as are held at once, and of how many entries of pending: 16 bytes each.
inline constexpr int64_t kMostHeld = 4'000'000;

struct ExamProgress {
  int64_t jobs = 0;   // looked at so far
  int64_t known = 0;  // there are about so many
};

using Entries = std::vector<std::pair<std::string, std::string>>;
std::vector<std::string> first_of_each(const Entries& entries);

class QueueExam {
 public:
  // go_on is called after every page; when it says no, run() ends with kTimedOut.
  // most_held: see kMostHeld.
  QueueExam(Ask ask, Keys keys, Sink sink, std::function<bool(const ExamProgress&)> go_on,
            int64_t most_held = kMostHeld);
  ~QueueExam() = default;
  QueueExam(const QueueExam&) = delete;
  QueueExam& operator=(const QueueExam&) = delete;

  // How many jobs it looked at. Each finding goes to the sink once.
  Result<int64_t> run();

 private:
  using Doubt = std::function<std::string(const Audited&)>;  // a flaw, or empty

  Result<void> pass(int64_t entries);
  Result<void> check_types();
  Result<void> take_census();
  Result<void> resolve_copies();
  Result<void> check_lists();
  Result<void> check_jobs();
  Result<void> check_tables();
  Result<void> check_locks();
  Result<void> check_lines_and_logs();
  Result<void> check_ghosts();
  using Stats = std::map<std::string, std::string>;
  Result<Stats> read_stats();
  Result<void> check_stats(const Stats& before);

  Result<void> each_page(ScanPages pages, const std::function<Result<void>(const Entries&)>& visit);
  Result<void> look_at(std::span<const std::string> ids);
  Result<void> look_at_strangers(const std::vector<std::string>& ids);
  Result<void> check_records(const Entries& page);
  Result<void> check_holders(const Entries& page);
  Result<void> check_waiters(const std::string& resource, const Entries& page);
  Result<void> check_keys(const std::vector<std::string>& names);
  Result<std::string> confirmed(const redis::Command& entry, const std::string& value,
                                const std::string& id, const Doubt& doubt);
  Result<std::optional<int64_t>> ghosts_surplus();
  Result<Totals> read_totals_now();
  void report(Finding finding);

  Ask ask_;
  Keys keys_;
  Sink sink_;
  std::function<bool(const ExamProgress&)> go_on_;
  int64_t most_held_;
  CopyCheck copies_;
  ExamProgress progress_;
  Part part_;                   // of the ids, that is gone through now
  std::vector<uint64_t> seen_;  // hashes of its ids in jobs; sorted
  std::set<std::string> said_;
  int64_t weight_ = 0;    // of the finished jobs that this pass has seen
  bool readable_ = true;  // no key of a fixed name has a wrong type
};

}  // namespace stint::cli
