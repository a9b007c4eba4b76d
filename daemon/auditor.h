// Looks whether the invariant of a queue holds, two pages a second, as `stint doctor` does; only
// while the queue changes. What it finds is logged once a daemon, with the advice to run the
// doctor. By itself it repairs what stops jobs and cannot be decided otherwise: keys of another
// type are moved aside, resources that nobody hands on go to the first in line; each script judges
// again. An idle queue costs two commands a minute. Supervisor, on its thread; any number of
// daemons may do it.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/loop/timer.h"
#include "common/queue/judge.h"
#include "common/queue/keys.h"
#include "common/redis/connection.h"

namespace stint {

class Auditor {
 public:
  Auditor(uv_loop_s* loop, redis::Connection& redis, Keys keys);

 private:
  using Next = void (Auditor::*)(redis::ReplyView);
  void ask(redis::Command command, Next next);
  void failed(const Error& error);
  void turn();
  void read_page();
  void looked(redis::ReplyView counters);
  void blocked_counted(redis::ReplyView count);
  void types_checked(redis::ReplyView reply);
  void have_page(redis::ReplyView page);
  void audit_some();
  void audited(redis::ReplyView reply);
  void relock_some();
  void relocked(redis::ReplyView reply);
  void have_totals(redis::ReplyView reply);
  void page_done();
  void note(const Finding& finding);
  void end_pass();

  redis::Connection& redis_;
  Keys keys_;
  Timer timer_;
  bool in_pass_ = false;
  std::string seen_;  // the counters when the last pass began
  size_t table_ = 0;  // that is paged through
  std::string cursor_ = "0";
  std::deque<std::string> ids_;        // of this page
  std::vector<std::string> asked_;     // by the audit under way
  std::deque<std::string> resources_;  // whose locks are to be looked at
  std::set<size_t> said_, found_;      // hashes of findings: of the last pass, of this one
  size_t new_ = 0;                     // of this pass, not said before
  std::string first_;                  // of the new ones, for the log
  bool refusal_said_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace stint
