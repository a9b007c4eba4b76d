// Looks whether the invariant of a queue holds, two pages a second, as `stint doctor` does: a pass
// over all of it at once, when it has changed, and every ten minutes though nothing moves; while
// jobs wait for resources and nothing moves, also over locks and waiters. Then it looks for strays,
// as long again as the rest of the pass took, and the next pass goes on from there: errors,
// outcomes and parameters of no job, and logs of none among all names of Redis. What it finds is
// logged once a daemon, with the advice to run the doctor. By itself it repairs what stops jobs and
// cannot be decided otherwise: keys of another type are moved aside, resources that nobody hands on
// go to who runs with them, else to the first in line, jobs that run or have ended get a record
// again, which says that it was lost; each script judges again. A queue that stands still costs
// less than 0.2 commands a second, however large. Supervisor, on its thread; any number of daemons
// may do it.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "common/queue/judge.h"
#include "common/queue/keys.h"
#include "common/queue/page_count.h"
#include "common/redis/connection.h"

namespace stint {

struct AuditPace {
  milliseconds first_look{2'000}, look{20'000}, page{500};
  int full_looks = 30;  // between passes over a queue that stands still
  int short_looks = 3;  // the same, over locks and waiters alone
};

struct AuditCount {
  int64_t looks = 0, passes = 0, commands = 0;
  size_t said = 0;  // findings that were logged
};

class Auditor {
 public:
  Auditor(uv_loop_s* loop, redis::Connection& redis, Keys keys, AuditPace pace = {});

  const AuditCount& count() const { return count_; }

 private:
  static constexpr size_t kShown = 256;  // bytes of a text in the log
  using Next = void (Auditor::*)(redis::ReplyView);
  void ask(redis::Command command, Next next);
  // When a kind of pass over a still queue is due: a look sends one command, and a pass may send
  // no more than there were looks since the last one.
  struct Rest {
    int64_t least = 0, cost = 0, looks = 0;
    bool over() const { return looks >= least && looks >= cost; }
  };
  void failed(const Error& error);
  void turn();
  void read_page();
  void looked(redis::ReplyView counters);
  void totals_looked(redis::ReplyView reply);
  void blocked_counted(redis::ReplyView count);
  void begin_pass(bool full);
  void types_checked(redis::ReplyView reply);
  void have_page(redis::ReplyView page);
  bool at_strays() const;  // the last part of a full pass
  bool at_names() const;   // the last of those
  bool strays_done();
  void audit_some();
  void audited(redis::ReplyView reply);
  void mend_some();
  void mended(redis::ReplyView reply);
  void relock_some();
  void relocked(redis::ReplyView reply);
  void have_totals(redis::ReplyView reply);
  void page_done();
  void note(const Finding& finding, std::set<size_t>& found);
  void end_pass();

  redis::Connection& redis_;
  Keys keys_;
  Timer timer_;
  AuditPace pace_;
  AuditCount count_;
  Rest full_rest_, short_rest_;
  bool in_pass_ = false, full_ = false;  // the pass under way
  int64_t begun_at_ = 0;                 // its number of commands when it began
  std::string seen_;                     // the counters when the last full pass began
  int64_t imbalance_ = 0;                // at the end of the last full pass
  size_t table_ = 0;                     // that is paged through
  size_t stray_ = 0;                     // the same, among the strays; it outlives a pass
  int64_t pages_ = 0, strays_left_ = 0;  // of this pass: done; of strays, still to do
  std::string cursor_ = "0", stray_cursor_ = "0";
  PageCount page_count_;
  std::deque<std::string> ids_;        // of this page
  std::vector<std::string> asked_;     // by the audit under way
  std::vector<Mend> mends_;            // jobs that lost their records
  std::deque<std::string> resources_;  // whose locks are to be looked at
  std::set<size_t> said_, found_;      // hashes of findings: of the last full pass, of this one
  std::set<size_t> strays_;            // of those, which no pass goes through whole
  size_t new_ = 0;                     // of this pass, not said before
  std::string first_;                  // of the new ones, for the log
  log::Outage refused_{log::Level::kWarning, "audit refused; it is tried again",
                       "audit works again"};
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace stint
