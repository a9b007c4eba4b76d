#include "daemon/auditor.h"

#include <functional>
#include <utility>

#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "common/queue/repair.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr size_t kMostRemembered = 10'000;

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
  stray_ = 0;
  stray_cursor_ = "0";
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
  pages_ = 0;
  cursor_ = "0";
  page_count_ = {};
  found_.clear();
  new_ = 0;
  read_page();
}

void Auditor::note(const Finding& finding, std::set<size_t>& found) {
  size_t hash = std::hash<std::string>()(finding.check + "\n" + finding.id);
  const bool in_this_pass = found_.contains(hash);
  if (found.size() >= kMostRemembered || !found.insert(hash).second || in_this_pass ||
      said_.contains(hash)) {
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
