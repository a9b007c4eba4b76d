#include "daemon/cli/doctor_repair.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "daemon/cli/doctor_copies.h"

namespace stint::cli {
namespace {

constexpr const char* kDeadCopy = "a copy of a job that was deleted";

int64_t dead_copies(std::string_view text) {
  return std::atoll(std::string(text).c_str());
}

}  // namespace

Result<void> QueueRepair::prepare() {
  if (auto moved = flush_types(); !moved) {
    return moved;
  }
  auto said = ask_for(ask_, {redis::plain({"HGET", keys_("stats"), "ghosts"})});
  if (!said) {
    return said.error();
  }
  lost_ghosts_ = dead_copies(said->front().view().str());
  auto pages = ScanPages::of_hash(ask_, keys_("ghosts"));
  while (!pages.at_end() && lost_ghosts_ > 0) {
    auto page = pages.next();
    if (!page) {
      return page.error();
    }
    for (const auto& [id, dead] : *page) {
      lost_ghosts_ -= std::max<int64_t>(0, dead_copies(dead));
    }
  }
  lost_ghosts_ = std::max<int64_t>(0, lost_ghosts_);
  return {};
}

void QueueRepair::note(const Finding& finding) {
  const auto& check = finding.check;
  if (check == "wrong-type") {
    names_.push_back(finding.key.substr(std::min(finding.key.size(), keys_.prefix().size())));
  } else if (check == "lock-leak") {
    locks_.emplace_back(finding.resource, "");
  } else if (check == "waiter-stale") {
    locks_.emplace_back(finding.resource, finding.id);
  } else if (finding.recount) {
    sums_.push_back(finding);
  } else if (!finding.id.empty()) {
    // First those that may still run somewhere: they take their resource before it is handed on.
    bool first = check == "id-nowhere";
    mends_.insert(first ? mends_.begin() : mends_.end(),
                  {finding.id, finding.copies, finding.unreadable});
  }
  bool full = mends_.size() >= 10 * kMendAtOnce || locks_.size() >= 10 * kRelockAtOnce ||
              names_.size() >= kBatchJobs;
  if (full && trouble_) {
    trouble_ = flush();
  }
}

Result<void> QueueRepair::flush() {
  using Step = Result<void> (QueueRepair::*)();
  for (Step step : {&QueueRepair::flush_types, &QueueRepair::flush_mends, &QueueRepair::flush_locks,
                    &QueueRepair::flush_sums}) {
    if (auto done = trouble_ ? (this->*step)() : trouble_; !done) {
      return done;
    }
  }
  return {};
}

Result<void> QueueRepair::flush_types() {
  auto names = std::exchange(names_, {});
  return run(quarantine(keys_, names),
             [this](redis::ReplyView reply) { return parse_quarantine(keys_, reply); });
}

Result<void> QueueRepair::flush_mends() {
  auto mends = std::exchange(mends_, {});
  auto sizes = ask_for(
      ask_, {redis::plain({"LLEN", keys_("pending")}), redis::plain({"LLEN", keys_("reserved")})});
  if (!sizes) {
    return sizes.error();
  }
  int64_t entries = (*sizes)[0].view().integer() + (*sizes)[1].view().integer();
  size_t most = entries > kLongestSearched
                    ? kMendAtOnce
                    : std::clamp<size_t>(static_cast<size_t>(kSearchedAtOnce / (entries + 1)), 1,
                                         kMendAtOnce);
  for (size_t from = 0; from < mends.size(); from += most) {
    std::span<const Mend> some(mends.data() + from, std::min(most, mends.size() - from));
    if (auto done = run(mend(keys_, kLongestSearched, lost_ghosts_, some), parse_mend); !done) {
      return done;
    }
  }
  return {};
}

Result<void> QueueRepair::flush_locks() {
  auto locks = std::exchange(locks_, {});
  for (size_t from = 0; from < locks.size(); from += kRelockAtOnce) {
    std::span<const Relock> some(locks.data() + from, std::min(kRelockAtOnce, locks.size() - from));
    auto done = run(relock(keys_, some),
                    [this](redis::ReplyView reply) { return parse_relock(keys_, reply); });
    if (!done) {
      return done;
    }
  }
  return {};
}

Result<void> QueueRepair::flush_sums() {
  for (const auto& finding : std::exchange(sums_, {})) {
    auto replies = ask_for(ask_, {recount(keys_, *finding.recount)});
    if (!replies) {
      return replies.error();
    }
    if (replies->front().view().integer() > 0) {
      told({finding.check, finding.key, "",
            finding.recount->field + " " + finding.recount->said + " -> " +
                std::to_string(finding.recount->right)});
    }
  }
  return {};
}

Result<void> QueueRepair::run(const redis::Command& command, const Parse& parse) {
  auto replies = ask_for(ask_, {command});
  if (!replies) {
    return replies.error();
  }
  auto repairs = parse(replies->front().view());
  if (!repairs) {
    return repairs.error();
  }
  for (const auto& repair : *repairs) {
    told(repair);
  }
  return {};
}

void QueueRepair::told(const Repair& repair) {
  ++made_;
  lost_ghosts_ -= lost_ghosts_ > 0 && repair.what.starts_with(kDeadCopy) ? 1 : 0;
  say_(repair);
}

}  // namespace stint::cli
