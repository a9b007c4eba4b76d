// The parts of a QueueExam that compare two tables with each other: locks, lines, logs, ghosts.
// What looks wrong there may have moved between two looks, so it is confirmed before it is
// reported.
#include <array>
#include <string_view>

#include "daemon/cli/doctor_queue.h"

namespace stint::cli {
namespace {

// So many ghosts may be summed at one moment.
constexpr int64_t kSummedAtOnce = 10'000;
constexpr int kSums = 3;

struct KeyFamily {
  std::string_view prefix, type;
};
constexpr std::array<KeyFamily, 3> kFamilies{
    {{"log:", "list"}, {"blocked:", "zset"}, {"worker:", "hash"}}};

const KeyFamily* family_of(std::string_view name) {
  for (const auto& family : kFamilies) {
    if (name.starts_with(family.prefix)) {
      return &family;
    }
  }
  return nullptr;
}

int64_t number_of(const std::string& text) {
  return std::atoll(text.c_str());
}

}  // namespace

Result<void> QueueExam::check_locks() {
  return each_page(ScanPages::of_hash(ask_, keys_("locks")),
                   [this](const Entries& page) { return check_holders(page); });
}

Result<void> QueueExam::check_holders(const Entries& page) {
  std::vector<std::string> ids;
  for (const auto& [resource, id] : page) {
    ids.push_back(id);
  }
  auto jobs = audit_all(ask_, keys_, ids);
  if (!jobs) {
    return jobs.error();
  }
  for (size_t i = 0; i < page.size(); ++i) {
    const auto& resource = page[i].first;
    Doubt doubt = [&resource](const Audited& job) { return lock_flaw(job, resource); };
    if (doubt((*jobs)[i]).empty()) {
      continue;
    }
    auto flaw = confirmed(redis::plain({"HGET", keys_("locks"), resource}), ids[i], ids[i], doubt);
    if (!flaw) {
      return flaw.error();
    }
    if (!flaw->empty()) {
      report({"lock-leak", keys_("locks"), ids[i],
              "resource " + resource + " is held by a job that " + *flaw, resource});
    }
  }
  return {};
}

// The flaw that an id has while `entry`, which reads one member of a table, says the same before
// and after. value: what it must say; empty: anything.
Result<std::string> QueueExam::confirmed(const redis::Command& entry, const std::string& value,
                                         const std::string& id, const Doubt& doubt) {
  auto replies = ask_for(ask_, {entry, audit(keys_, -1, std::span(&id, 1)), entry});
  if (!replies) {
    return replies.error();
  }
  auto jobs = parse_audit((*replies)[1].view(), 1);
  if (!jobs) {
    return jobs.error();
  }
  auto before = (*replies)[0].view();
  auto after = (*replies)[2].view();
  bool stood = !before.is_nil() && !after.is_nil() && before.str() == after.str() &&
               (value.empty() || before.str() == value);
  return stood ? doubt(jobs->front()) : std::string();
}

Result<void> QueueExam::check_waiters(const std::string& resource, const Entries& page) {
  std::string line = keys_.blocked(resource);
  Doubt doubt = [&resource](const Audited& job) { return waiter_flaw(job, resource); };
  auto ids = first_of_each(page);
  auto jobs = audit_all(ask_, keys_, ids);
  if (!jobs) {
    return jobs.error();
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    if (doubt((*jobs)[i]).empty()) {
      continue;
    }
    auto flaw = confirmed(redis::plain({"ZSCORE", line, ids[i]}), "", ids[i], doubt);
    if (!flaw) {
      return flaw.error();
    }
    if (!flaw->empty()) {
      report(
          {"waiter-stale", line, ids[i], "in the line of this resource, but " + *flaw, resource});
    }
  }
  return {};
}

Result<void> QueueExam::check_lines_and_logs() {
  return each_page(ScanPages::of_keys(ask_, keys_.prefix()),
                   [this](const Entries& page) { return check_keys(first_of_each(page)); });
}

// Names of this queue's keys: those of fixed names were looked at before.
Result<void> QueueExam::check_keys(const std::vector<std::string>& names) {
  std::vector<std::string> ours;
  std::vector<redis::Command> commands;
  for (const auto& name : names) {
    if (family_of(std::string_view(name).substr(keys_.prefix().size())) != nullptr) {
      ours.push_back(name);
      commands.push_back(redis::plain({"TYPE", name}));
    }
  }
  auto types = ask_for(ask_, commands);
  if (!types) {
    return types.error();
  }
  std::vector<std::string> logged;
  for (size_t i = 0; i < ours.size(); ++i) {
    std::string_view rest = std::string_view(ours[i]).substr(keys_.prefix().size());
    const KeyFamily& family = *family_of(rest);
    std::string member(rest.substr(family.prefix.size()));
    auto type = (*types)[i].view().str();
    if (type != family.type && type != "none") {
      report({"wrong-type", ours[i], "",
              "a " + std::string(type) + ", must be a " + std::string(family.type)});
    } else if (family.type == "list") {
      logged.push_back(member);
    } else if (family.type == "zset" && part_.number == 0) {
      auto read = each_page(ScanPages::of_sorted_set(ask_, ours[i]),
                            [&](const Entries& page) { return check_waiters(member, page); });
      if (!read) {
        return read;
      }
    }
  }
  return look_at_strangers(logged);
}

// By how much the sum of ghosts exceeds the one in stats, if it can be said.
Result<std::optional<int64_t>> QueueExam::ghosts_surplus() {
  redis::Command said = redis::plain({"HGET", keys_("stats"), "ghosts"});
  auto sizes = ask_for(ask_, {redis::plain({"HLEN", keys_("ghosts")}), said});
  if (!sizes) {
    return sizes.error();
  }
  int64_t sum = 0;
  if ((*sizes)[0].view().integer() <= kSummedAtOnce) {
    auto replies = ask_for(ask_, {redis::plain({"MULTI"}), redis::plain({"HVALS", keys_("ghosts")}),
                                  said, redis::plain({"EXEC"})});
    if (!replies) {
      return replies.error();
    }
    auto both = replies->back().view();
    if (both.size() != 2) {
      return std::optional<int64_t>();
    }
    for (size_t i = 0; i < both[0].size(); ++i) {
      sum += both[0][i].integer();
    }
    return std::optional<int64_t>(sum - both[1].integer());
  }
  auto summed = each_page(ScanPages::of_hash(ask_, keys_("ghosts")), [&sum](const Entries& page) {
    for (const auto& [id, dead] : page) {
      sum += number_of(dead);
    }
    return Result<void>();
  });
  auto after = ask_for(ask_, {said});
  if (!summed || !after) {
    return !summed ? summed.error() : after.error();
  }
  bool stood = (*sizes)[1].view().integer() == after->front().view().integer();
  return stood ? std::optional<int64_t>(sum - after->front().view().integer()) : std::nullopt;
}

Result<void> QueueExam::check_ghosts() {
  std::optional<int64_t> first;
  for (int i = 0; i < kSums; ++i) {
    auto surplus = ghosts_surplus();
    if (!surplus) {
      return surplus.error();
    }
    if (!*surplus || **surplus == 0 || (first && *first != **surplus)) {
      return {};
    }
    first = **surplus;
  }
  auto said = ask_for(ask_, {redis::plain({"HGET", keys_("stats"), "ghosts"})});
  if (!said) {
    return said.error();
  }
  auto field = said->front().view();
  Finding finding{"ghosts-total", keys_("stats"), "",
                  "the sum of ghosts differs from the field ghosts by " + std::to_string(*first)};
  finding.recount = Recount{"ghosts", std::string(field.str()), field.integer() + *first};
  report(std::move(finding));
  return {};
}

}  // namespace stint::cli
