// The pages of a pass of the Auditor: what is read, judged and by itself repaired.
#include <algorithm>
#include <utility>

#include "common/job/limits.h"
#include "common/log/log.h"
#include "common/queue/audit.h"
#include "common/queue/repair.h"
#include "common/text/text.h"
#include "daemon/auditor.h"

namespace stint {
namespace {

constexpr const char* kNamesAtOnce = "1000";
constexpr int64_t kLeastStrays = 20;  // pages, in a pass

struct Table {
  const char* scan;
  const char* name;
};
// First what may stop jobs: the rest may take hours. A short pass ends there.
constexpr Table kTables[] = {{"HSCAN", "locks"},  {"ZSCAN", "blocked"},   {"HSCAN", "jobs"},
                             {"HSCAN", "active"}, {"ZSCAN", "scheduled"}, {"ZSCAN", "failed"},
                             {"ZSCAN", "done"},   {"ZSCAN", "leases"},    {"HSCAN", "cancels"},
                             {"HSCAN", "logs"}};
constexpr size_t kShort = 2;
// Then a part of these, where only what belongs to no job is looked for: their values may be large,
// and at last there are the names of all keys of Redis.
constexpr Table kStrays[] = {
    {"HSCAN", "errors"}, {"HSCAN", "outcomes"}, {"HSCAN", "params"}, {"SCAN", "log:"}};
constexpr std::string_view kLocks = "locks";

// What runs or has ended stays findable: a record that says so decides nothing about it. A waiting
// job without one would be ended by that.
bool lost_only_its_record(const Audited& job) {
  return !job.known && !job.scheduled && !job.blocked &&
         (!job.active.empty() || job.failed || job.done);
}

}  // namespace

bool Auditor::at_strays() const {
  return table_ == std::size(kTables);
}

bool Auditor::at_names() const {
  return at_strays() && stray_ + 1 == std::size(kStrays);
}

void Auditor::read_page() {
  const std::string& cursor = at_strays() ? stray_cursor_ : cursor_;
  if (at_names()) {
    ask(redis::plain({"SCAN", cursor, "MATCH", keys_.log("*"), "COUNT", kNamesAtOnce}),
        &Auditor::have_page);
    return;
  }
  const Table& table = at_strays() ? kStrays[stray_] : kTables[table_];
  ask(redis::plain({table.scan, keys_(table.name), cursor, "COUNT", page_count_.text()}),
      &Auditor::have_page);
}

void Auditor::have_page(redis::ReplyView page) {
  if (page.size() != 2) {
    failed({ErrorCode::kInternal, "not a page"});
    return;
  }
  (at_strays() ? stray_cursor_ : cursor_) = page[0].str();
  if (at_names()) {
    for (size_t i = 0; i < page[1].size(); ++i) {
      ids_.emplace_back(page[1][i].str().substr(keys_.log("").size()));
    }
    audit_some();
    return;
  }
  size_t bytes = 0;
  auto& into = !at_strays() && kTables[table_].name == kLocks ? resources_ : ids_;
  for (size_t i = 0; i + 1 < page[1].size(); i += 2) {
    into.emplace_back(page[1][i].str());
    bytes += into.back().size() + page[1][i + 1].str().size();
  }
  page_count_.saw(bytes);
  audit_some();
}

void Auditor::audit_some() {
  if (ids_.empty()) {
    mend_some();
    return;
  }
  size_t size = std::min(ids_.size(), kBatchJobs);
  auto end = ids_.begin() + static_cast<std::ptrdiff_t>(size);
  asked_.assign(std::make_move_iterator(ids_.begin()), std::make_move_iterator(end));
  ids_.erase(ids_.begin(), end);
  ask(audit(keys_, -1, asked_), &Auditor::audited);
}

void Auditor::audited(redis::ReplyView reply) {
  auto jobs = parse_audit(reply, asked_.size());
  if (!jobs) {
    failed(jobs.error());
    return;
  }
  for (size_t i = 0; i < asked_.size(); ++i) {
    if (lost_only_its_record((*jobs)[i])) {
      mends_.push_back({asked_[i], {}, ""});
      continue;
    }
    for (const auto& finding : judge_job(keys_, asked_[i], (*jobs)[i])) {
      if (finding.check == "waiter-unlocked") {
        resources_.push_back(finding.resource);
      } else {
        note(finding, at_strays() ? strays_ : found_);
      }
    }
  }
  audit_some();
}

void Auditor::mend_some() {
  if (mends_.empty()) {
    relock_some();
    return;
  }
  size_t size = std::min(mends_.size(), kMendAtOnce);
  std::vector<Mend> some(mends_.end() - static_cast<std::ptrdiff_t>(size), mends_.end());
  mends_.resize(mends_.size() - size);
  ask(mend(keys_, -1, 0, some), &Auditor::mended);
}

void Auditor::mended(redis::ReplyView reply) {
  auto repairs = parse_mend(reply);
  if (!repairs) {
    failed(repairs.error());
    return;
  }
  for (const auto& one : *repairs) {
    log::warning("a job without its record was mended; see: stint doctor",
                 {{"queue", keys_.queue()},
                  {"job", escape(one.id, kMaxIdBytes)},
                  {"was", escape(one.what, kShown)}});
  }
  mend_some();
}

void Auditor::relock_some() {
  if (resources_.empty()) {
    page_done();
    return;
  }
  std::vector<Relock> some;
  while (!resources_.empty() && some.size() < kRelockAtOnce) {
    some.emplace_back(std::move(resources_.front()), "");
    resources_.pop_front();
  }
  ask(relock(keys_, some), &Auditor::relocked);
}

void Auditor::relocked(redis::ReplyView reply) {
  auto repairs = parse_relock(keys_, reply);
  if (!repairs) {
    failed(repairs.error());
    return;
  }
  for (const auto& one : *repairs) {
    log::warning("a lock that was lost or wrong was set right; see: stint doctor",
                 {{"queue", keys_.queue()},
                  {"job", escape(one.id, kMaxIdBytes)},
                  {"was", escape(one.what, kShown)}});
  }
  relock_some();
}

// A round over the strays takes as many passes as it needs.
bool Auditor::strays_done() {
  if (stray_cursor_ == "0") {
    stray_ = (stray_ + 1) % std::size(kStrays);
    page_count_ = {};
    if (stray_ == 0) {
      return true;
    }
  }
  return --strays_left_ == 0;
}

// The totals come before the strays, which may be many.
void Auditor::page_done() {
  ++pages_;
  if (at_strays()) {
    strays_done() ? end_pass() : timer_.start(pace_.page);
    return;
  }
  if (cursor_ == "0") {
    ++table_;
    page_count_ = {};
  }
  if (at_strays()) {
    strays_left_ = std::max(kLeastStrays, pages_);
    ask(totals(keys_), &Auditor::have_totals);
  } else if (table_ == kShort && !full_) {
    end_pass();
  } else {
    timer_.start(pace_.page);
  }
}

void Auditor::have_totals(redis::ReplyView reply) {
  auto now = parse_totals(reply);
  if (!now) {
    failed(now.error());
    return;
  }
  imbalance_ = imbalance(*now);
  if (imbalance_ != 0) {
    note(totals_finding(keys_, *now), found_);
  }
  timer_.start(pace_.page);
}

}  // namespace stint
