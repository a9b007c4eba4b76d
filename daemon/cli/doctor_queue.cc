#include "daemon/cli/doctor_queue.h"

#include <algorithm>

#include "common/job/record.h"

namespace stint::cli {
namespace {

constexpr int kPasses = 3;

struct TypedKey {
  const char* name;
  const char* type;
};
constexpr TypedKey kFixedKeys[] = {
    {"jobs", "hash"},    {"params", "hash"},     {"pending", "list"},   {"reserved", "list"},
    {"active", "hash"},  {"leases", "zset"},     {"scheduled", "zset"}, {"blocked", "zset"},
    {"locks", "hash"},   {"ghosts", "hash"},     {"cancels", "hash"},   {"failed", "zset"},
    {"done", "zset"},    {"errors", "hash"},     {"outcomes", "hash"},  {"logs", "hash"},
    {"claims", "hash"},  {"fins", "hash"},       {"inbox", "list"},     {"rejected", "list"},
    {"fence", "string"}, {"run", "string"},      {"stats", "hash"},     {"tasks", "hash"},
    {"workers", "zset"}, {"blockseq", "string"},
};

bool is_typed(std::string_view type, std::string_view wanted) {
  return type == wanted || type == "none";
}

}  // namespace

std::vector<std::string> first_of_each(const Entries& entries) {
  std::vector<std::string> out;
  out.reserve(entries.size());
  for (const auto& [first, second] : entries) {
    out.push_back(first);
  }
  return out;
}

QueueExam::QueueExam(Ask ask, Keys keys, Sink sink, std::function<bool(const ExamProgress&)> go_on,
                     int64_t most_held)
    : ask_(std::move(ask)),
      keys_(std::move(keys)),
      sink_(std::move(sink)),
      go_on_(std::move(go_on)),
      most_held_(most_held),
      copies_(ask_, keys_, [this](Finding finding) { report(std::move(finding)); }) {}

Result<int64_t> QueueExam::run() {
  if (auto checked = check_types(); !checked) {
    return checked.error();
  }
  std::optional<Totals> now;
  for (int i = 0; i < kPasses && readable_ && said_.empty(); ++i) {
    auto before = read_totals_now();
    if (!before) {
      return before.error();
    }
    progress_ = {0, before->known};
    auto passed = pass(std::max(before->known, before->pending + before->reserved));
    auto after = read_totals_now();
    if (!passed || !after) {
      return !passed ? passed.error() : after.error();
    }
    now = *after;
    if (imbalance(*after) == 0) {
      break;
    }
  }
  if (said_.empty() && now && imbalance(*now) != 0) {
    report(totals_finding(keys_, *now));
  }
  return progress_.jobs;
}

Result<void> QueueExam::pass(int64_t entries) {
  using Step = Result<void> (QueueExam::*)();
  weight_ = 0;
  auto before = read_stats();
  if (!before) {
    return before.error();
  }
  part_.count = parts_for(entries, most_held_);
  for (part_.number = 0; part_.number < part_.count; ++part_.number) {
    for (Step step :
         {&QueueExam::take_census, &QueueExam::check_jobs, &QueueExam::check_lists,
          &QueueExam::check_tables, &QueueExam::check_lines_and_logs, &QueueExam::resolve_copies}) {
      if (auto checked = (this->*step)(); !checked) {
        return checked;
      }
    }
  }
  for (Step step : {&QueueExam::check_locks, &QueueExam::check_ghosts}) {
    if (auto checked = (this->*step)(); !checked) {
      return checked;
    }
  }
  return check_stats(*before);
}

Result<void> QueueExam::take_census() {
  return copies_.take_census(part_, [this] { return go_on_(progress_); });
}

Result<void> QueueExam::resolve_copies() {
  return copies_.resolve();
}

void QueueExam::report(Finding finding) {
  if (said_.insert(finding.check + "\n" + finding.key + "\n" + finding.id).second) {
    sink_(std::move(finding));
  }
}

Result<Totals> QueueExam::read_totals_now() {
  auto replies = ask_for(ask_, {totals(keys_)});
  return replies ? parse_totals(replies->front().view()) : Result<Totals>(replies.error());
}

Result<void> QueueExam::each_page(ScanPages pages,
                                  const std::function<Result<void>(const Entries&)>& visit) {
  while (!pages.at_end()) {
    auto page = pages.next();
    if (!page) {
      return page.error();
    }
    if (auto visited = visit(*page); !visited) {
      return visited;
    }
    if (!go_on_(progress_)) {
      return Error{ErrorCode::kTimedOut, "interrupted"};
    }
  }
  return {};
}

Result<void> QueueExam::look_at(std::span<const std::string> ids) {
  auto jobs = audit_all(ask_, keys_, ids);
  if (!jobs) {
    return jobs.error();
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    weight_ += (*jobs)[i].weight;
    for (auto& finding : judge_job(keys_, ids[i], (*jobs)[i])) {
      report(std::move(finding));
    }
    if (auto considered = copies_.consider(ids[i], (*jobs)[i]); !considered) {
      return considered;
    }
  }
  return {};
}

// For what stands beside the jobs of this part: those that check_jobs() has seen were judged there,
// with all that stands beside them.
Result<void> QueueExam::look_at_strangers(const std::vector<std::string>& ids) {
  std::vector<std::string> strangers;
  for (const auto& id : ids) {
    if (part_.has(id) && !std::binary_search(seen_.begin(), seen_.end(), hash_of(id))) {
      strangers.push_back(id);
    }
  }
  return look_at(strangers);
}

// A queue with a key of another type can be neither worked nor checked: every script stops at it.
Result<void> QueueExam::check_types() {
  std::vector<redis::Command> commands;
  for (const auto& key : kFixedKeys) {
    commands.push_back(redis::plain({"TYPE", keys_(key.name)}));
  }
  auto replies = ask_for(ask_, commands);
  if (!replies) {
    return replies.error();
  }
  for (size_t i = 0; i < std::size(kFixedKeys); ++i) {
    auto type = (*replies)[i].view().str();
    if (!is_typed(type, kFixedKeys[i].type)) {
      readable_ = false;
      report({"wrong-type", keys_(kFixedKeys[i].name), "",
              "a " + std::string(type) + ", must be a " + kFixedKeys[i].type +
                  ": no job of this queue can move, and nothing else was checked"});
    }
  }
  return {};
}

Result<void> QueueExam::check_lists() {
  for (const char* list : {"pending", "reserved"}) {
    auto walked = walk_list(ask_, keys_(list), [this](const std::vector<std::string>& ids) {
      auto looked = look_at_strangers(ids);
      return !looked || go_on_(progress_) ? looked : Error{ErrorCode::kTimedOut, "interrupted"};
    });
    if (!walked) {
      return walked;
    }
  }
  return {};
}

Result<void> QueueExam::check_jobs() {
  seen_.clear();
  auto read = each_page(ScanPages::of_hash(ask_, keys_("jobs")), [this](Entries page) {
    std::erase_if(page, [this](const auto& job) { return !part_.has(job.first); });
    progress_.jobs += static_cast<int64_t>(page.size());
    for (const auto& [id, record] : page) {
      seen_.push_back(hash_of(id));
    }
    auto checked = check_records(page);
    return checked ? look_at(first_of_each(page)) : checked;
  });
  std::sort(seen_.begin(), seen_.end());
  return read;
}

Result<void> QueueExam::check_records(const Entries& page) {
  for (const auto& [id, record] : page) {
    if (parse_record(record)) {
      continue;
    }
    auto replies = ask_for(
        ask_, {redis::plain({"HGET", keys_("jobs"), id}), audit(keys_, -1, std::span(&id, 1))});
    if (!replies) {
      return replies.error();
    }
    auto job = parse_audit((*replies)[1].view(), 1);
    if (!job) {
      return job.error();
    }
    auto now = replies->front().view();
    // Of one that has ended the outcome says so; an active one is ended by its worker, or the
    // sweep.
    bool dealt_with = job->front().failed || job->front().done || !job->front().active.empty();
    if (auto parsed = parse_record(now.str()); !now.is_nil() && !parsed && !dealt_with) {
      Finding finding{"record-corrupt", keys_("jobs"), id, parsed.error().message};
      finding.unreadable = now.str();
      report(std::move(finding));
    }
  }
  return {};
}

Result<void> QueueExam::check_tables() {
  auto looked = [this](const Entries& page) { return look_at_strangers(first_of_each(page)); };
  for (const char* name : {"active", "ghosts", "cancels", "outcomes", "errors", "params", "logs"}) {
    if (auto read = each_page(ScanPages::of_hash(ask_, keys_(name)), looked); !read) {
      return read;
    }
  }
  for (const char* name : {"leases", "scheduled", "blocked", "failed", "done"}) {
    if (auto read = each_page(ScanPages::of_sorted_set(ask_, keys_(name)), looked); !read) {
      return read;
    }
  }
  return {};
}

}  // namespace stint::cli
