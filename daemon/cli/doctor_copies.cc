#include "daemon/cli/doctor_copies.h"

#include <algorithm>
#include <string_view>

namespace stint::cli {
namespace {

constexpr size_t kMostSuspects = 10'000;
constexpr size_t kScriptsAtOnce = 8;
// So much may all scripts together search before suspects are counted page by page instead.
constexpr int64_t kSearchedInAll = 20'000'000;
constexpr int kCounts = 3;
constexpr std::string_view kLists[] = {"pending", "reserved"};

std::vector<std::string> suspect_ids(const std::map<std::string, int>& suspects) {
  std::vector<std::string> ids;
  ids.reserve(suspects.size());
  for (const auto& [id, strikes] : suspects) {
    ids.push_back(id);
  }
  return ids;
}

Result<std::vector<Audited>> audit_chunks(const Ask& ask, const Keys& keys, int64_t longest,
                                          std::span<const std::string> ids, size_t chunk) {
  std::vector<Audited> jobs;
  for (size_t from = 0; from < ids.size(); from += chunk * kScriptsAtOnce) {
    auto group = ids.subspan(from, std::min(chunk * kScriptsAtOnce, ids.size() - from));
    std::vector<redis::Command> commands;
    for (size_t at = 0; at < group.size(); at += chunk) {
      commands.push_back(
          audit(keys, longest, group.subspan(at, std::min(chunk, group.size() - at))));
    }
    auto replies = ask_for(ask, commands);
    if (!replies) {
      return replies.error();
    }
    for (size_t k = 0; k < replies->size(); ++k) {
      size_t size = std::min(chunk, group.size() - k * chunk);
      auto part = parse_audit((*replies)[k].view(), size);
      if (!part) {
        return part.error();
      }
      std::move(part->begin(), part->end(), std::back_inserter(jobs));
    }
  }
  return jobs;
}

}  // namespace

Result<std::vector<Audited>> audit_all(const Ask& ask, const Keys& keys,
                                       std::span<const std::string> ids) {
  return audit_chunks(ask, keys, -1, ids, kBatchJobs);
}

// pending first: an id that goes from there to reserved meanwhile is seen.
Result<void> CopyCheck::take_census(const Part& part, const std::function<bool()>& go_on) {
  census_.clear();
  suspects_.clear();
  for (auto list : kLists) {
    auto walked = walk_list(ask_, keys_(list), [&](const std::vector<std::string>& ids) {
      for (const auto& id : ids) {
        if (part.has(id)) {
          census_.push_back(hash_of(id));
        }
      }
      return go_on() ? Result<void>() : Error{ErrorCode::kTimedOut, "interrupted"};
    });
    if (!walked) {
      return walked;
    }
  }
  std::sort(census_.begin(), census_.end());
  return {};
}

int64_t CopyCheck::census_of(const std::string& id) const {
  auto range = std::equal_range(census_.begin(), census_.end(), hash_of(id));
  return range.second - range.first;
}

Result<void> CopyCheck::consider(const std::string& id, const Audited& job) {
  if (census_of(id) == expected_copies(job)) {
    return {};
  }
  suspects_.emplace(id, 0);
  return suspects_.size() >= kMostSuspects ? resolve() : Result<void>();
}

Result<int64_t> CopyCheck::entries() {
  auto replies = ask_for(
      ask_, {redis::plain({"LLEN", keys_("pending")}), redis::plain({"LLEN", keys_("reserved")})});
  if (!replies) {
    return replies.error();
  }
  return (*replies)[0].view().integer() + (*replies)[1].view().integer();
}

Result<void> CopyCheck::resolve() {
  for (int round = 0; round < kCounts && !suspects_.empty(); ++round) {
    auto size = entries();
    if (!size) {
      return size.error();
    }
    bool cheap = static_cast<int64_t>(suspects_.size()) * *size <= kSearchedInAll;
    bool last = round + 1 == kCounts;
    auto done = *size <= kLongestSearched && (cheap || last) ? judge_exactly(*size) : recount();
    if (!done) {
      return done;
    }
  }
  // Lists too long to be searched at one moment: wrong in every count, and never moved in between.
  std::vector<std::string> ids;
  for (const auto& [id, strikes] : suspects_) {
    if (strikes == kCounts) {
      ids.push_back(id);
    }
  }
  auto jobs = audit_all(ask_, keys_, ids);
  auto counted = count_suspects();
  if (!jobs || !counted) {
    return !jobs ? jobs.error() : counted.error();
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    if ((*counted)[ids[i]] != expected_copies((*jobs)[i])) {
      sink_(judge_copies(keys_, ids[i], (*jobs)[i], (*counted)[ids[i]]));
    }
  }
  suspects_.clear();
  return {};
}

Result<void> CopyCheck::judge_exactly(int64_t entries) {
  auto chunk = static_cast<size_t>(std::clamp<int64_t>(kSearchedAtOnce / (entries + 1), 1, 100));
  auto ids = suspect_ids(suspects_);
  auto jobs = audit_chunks(ask_, keys_, kLongestSearched, ids, chunk);
  if (!jobs) {
    return jobs.error();
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    const Audited& job = (*jobs)[i];
    if (!job.copies) {
      continue;  // the lists grew meanwhile
    }
    if (*job.copies != expected_copies(job)) {
      sink_(judge_copies(keys_, ids[i], job, *job.copies));
    }
    suspects_.erase(ids[i]);
  }
  return {};
}

Result<std::map<std::string, int64_t>> CopyCheck::count_suspects() {
  std::map<std::string, int64_t> counted;
  for (auto list : suspects_.empty() ? std::span<const std::string_view>() : std::span(kLists)) {
    auto walked = walk_list(ask_, keys_(list), [this, &counted](const auto& ids) {
      for (const auto& id : ids) {
        if (suspects_.contains(id)) {
          ++counted[id];
        }
      }
      return Result<void>();
    });
    if (!walked) {
      return walked.error();
    }
  }
  return counted;
}

// A count says something only about those that did not move while it was made.
Result<void> CopyCheck::recount() {
  auto ids = suspect_ids(suspects_);
  auto before = audit_all(ask_, keys_, ids);
  auto counted = count_suspects();
  auto after = audit_all(ask_, keys_, ids);
  if (!before || !counted || !after) {
    return !before ? before.error() : !counted ? counted.error() : after.error();
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    if ((*counted)[ids[i]] == expected_copies((*after)[i])) {
      suspects_.erase(ids[i]);
    } else if ((*before)[i] == (*after)[i]) {
      ++suspects_[ids[i]];
    }
  }
  return {};
}

}  // namespace stint::cli
