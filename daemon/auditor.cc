#include "daemon/auditor.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/job/limits.h"
#include "common/log/log.h"
#include "common/queue/audit.h"
#include "common/queue/quarantine.h"
#include "common/queue/repair.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr const char* kPageSize = "400";
constexpr size_t kMostRemembered = 10'000;
constexpr size_t kShown = 256;

struct Table {
  const char* scan;
  const char* name;
};
// First what may stop jobs: the rest may take hours. A short pass ends there.
constexpr Table kTables[] = {{"HSCAN", "locks"},  {"ZSCAN", "blocked"},   {"HSCAN", "jobs"},
                             {"HSCAN", "active"}, {"ZSCAN", "scheduled"}, {"ZSCAN", "failed"},
                             {"ZSCAN", "done"}};
constexpr size_t kShort = 2;
constexpr std::string_view kLocks = "locks";

// What runs or has ended stays findable: a record that says so decides nothing about it. A waiting
// job without one would be ended by that.
bool lost_only_its_record(const Audited& job) {
  return !job.known && !job.scheduled && !job.blocked &&
         (!job.active.empty() || job.failed || job.done);
}

}  // namespace

Auditor::Auditor(uv_loop_s* loop, redis::Connection& redis, Keys keys, AuditPace pace)
    : redis_(redis), keys_(std::move(keys)), timer_(loop, [this] { turn(); }), pace_(pace) {
  full_rest_.least = pace.full_looks;
  short_rest_.least = pace.short_looks;
  timer_.start(pace.first_look);
}

void Auditor::ask(redis::Command command, Next next) {
  ++count_.commands;
  redis_.run(std::move(command), [this, next, alive = std::weak_ptr<int>(alive_)](
                                     const Result<redis::ReplyView>& reply) {
    if (alive.expired()) {
      return;
    }
    if (reply) {
      (this->*next)(*reply);
    } else {
      failed(reply.error());
    }
  });
}

// The pass is given up: the next look begins another.
void Auditor::failed(const Error& error) {
  move_aside(redis_, keys_, error);
  if (error.code != ErrorCode::kUnavailable) {
    refused_.goes_on({{"queue", keys_.queue()}, {"error", error.message}});
  }
  in_pass_ = false;
  seen_.clear();
  timer_.start(pace_.look);
}

void Auditor::turn() {
  if (in_pass_) {
    read_page();
    return;
  }
  // Whatever moves a job moves a counter, and a queue that nobody ever used has none.
  ask(redis::plain({"HMGET", keys_("stats"), "submitted", "attempts", "succeeded", "failures",
                    "retried", "trimmed", "kept_bytes", "ghosts"}),
      &Auditor::looked);
}

void Auditor::looked(redis::ReplyView counters) {
  std::string now = "of ";
  for (size_t i = 0; i < counters.size(); ++i) {
    now.append(counters[i].str()).append(" ");
  }
  ++count_.looks;
  ++full_rest_.looks;
  ++short_rest_.looks;
  if (now != std::exchange(seen_, now) || full_rest_.over()) {
    begin_pass(true);
  } else if (full_rest_.looks % full_rest_.least == 0) {
    ask(totals(keys_), &Auditor::totals_looked);
  } else if (short_rest_.over()) {
    ask(redis::plain({"ZCARD", keys_("blocked")}), &Auditor::blocked_counted);
  } else {
    timer_.start(pace_.look);
  }
}

// The queue is large, and rests; but what is new and unbalanced is looked at now.
void Auditor::totals_looked(redis::ReplyView reply) {
  auto now = parse_totals(reply);
  if (now && imbalance(*now) != imbalance_) {
    begin_pass(true);
  } else {
    timer_.start(pace_.look);
  }
}

// Jobs that wait for a resource and nothing that moves: perhaps nobody hands it on.
void Auditor::blocked_counted(redis::ReplyView count) {
  if (count.integer() > 0) {
    begin_pass(false);
  } else {
    short_rest_.looks = 0;
    timer_.start(pace_.look);
  }
}

void Auditor::begin_pass(bool full) {
  full_ = full;
  begun_at_ = count_.commands;
  ask(quarantine(keys_), &Auditor::types_checked);
}

void Auditor::types_checked(redis::ReplyView reply) {
  auto moved = parse_quarantine(keys_, reply);
  if (!moved) {
    failed(moved.error());
    return;
  }
  for (const auto& one : *moved) {
    log::error("a key of another type stopped the queue; run: stint doctor --repair",
               {{"queue", keys_.queue()}, {"key", one.key}, {"was", one.what}});
  }
  in_pass_ = true;
  mends_.clear();
  table_ = 0;
  cursor_ = "0";
  found_.clear();
  new_ = 0;
  read_page();
}

void Auditor::read_page() {
  const Table& table = kTables[table_];
  ask(redis::plain({table.scan, keys_(table.name), cursor_, "COUNT", kPageSize}),
      &Auditor::have_page);
}

void Auditor::have_page(redis::ReplyView page) {
  if (page.size() != 2) {
    failed({ErrorCode::kInternal, "not a page"});
    return;
  }
  cursor_ = page[0].str();
  auto& into = kTables[table_].name == kLocks ? resources_ : ids_;
  for (size_t i = 0; i + 1 < page[1].size(); i += 2) {
    into.emplace_back(page[1][i].str());
  }
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
        note(finding);
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

void Auditor::page_done() {
  if (cursor_ == "0" && ++table_ == (full_ ? std::size(kTables) : kShort)) {
    if (full_) {
      ask(totals(keys_), &Auditor::have_totals);
    } else {
      end_pass();
    }
    return;
  }
  timer_.start(pace_.page);
}

void Auditor::have_totals(redis::ReplyView reply) {
  auto now = parse_totals(reply);
  if (!now) {
    failed(now.error());
    return;
  }
  imbalance_ = imbalance(*now);
  if (imbalance_ != 0) {
    note(totals_finding(keys_, *now));
  }
  end_pass();
}

void Auditor::note(const Finding& finding) {
  size_t hash = std::hash<std::string>()(finding.check + "\n" + finding.id);
  if (found_.size() >= kMostRemembered || !found_.insert(hash).second || said_.contains(hash)) {
    return;
  }
  if (new_++ == 0) {
    first_ = finding.check + (finding.id.empty() ? "" : " " + finding.id) + ": " + finding.detail;
  }
}

void Auditor::end_pass() {
  if (new_ > 0) {
    log::warning(
        "the queue is damaged; run: stint doctor --repair",
        {{"queue", keys_.queue()}, {"found", new_}, {"first", escape(first_, 2 * kShown)}});
  }
  count_.said += new_;
  ++count_.passes;
  if (full_) {
    said_.clear();
  }
  said_.merge(found_);
  short_rest_.looks = 0;
  Rest& rest = full_ ? full_rest_ : short_rest_;
  rest.looks = 0;
  rest.cost = count_.commands - begun_at_;
  in_pass_ = false;
  refused_.over({{"queue", keys_.queue()}});
  timer_.start(pace_.look);
}

}  // namespace stint
