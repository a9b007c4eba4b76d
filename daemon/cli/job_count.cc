#include "daemon/cli/job_count.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "client/json_object.h"
#include "common/interrupt.h"
#include "common/text/text.h"
#include "daemon/cli/job_scan.h"
#include "daemon/cli/no_such_job.h"
#include "daemon/cli/progress_bar.h"
#include "daemon/cli/queue_stats.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

constexpr size_t kMostGroups = 10'000;
constexpr size_t kGroupText = 300;  // of an error: what differs further on is one group

struct GroupName {
  const char* name;
  Group group;
};
constexpr std::array<GroupName, 5> kGroups{{{"state", Group::kState},
                                            {"task", Group::kTask},
                                            {"resource", Group::kResource},
                                            {"kind", Group::kKind},
                                            {"error", Group::kError}}};

const char* name_of(Group group) {
  for (const auto& known : kGroups) {
    if (known.group == group) {
      return known.name;
    }
  }
  return "";
}

bool has(const std::vector<Group>& groups, Group group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

// Without a look inside: the lengths of the places.
int64_t count_in(const Totals& t, std::optional<Place> state) {
  if (!state) {
    return t.known;
  }
  switch (*state) {
    case Place::kPending:
      return t.pending + t.reserved - t.ghosts;
    case Place::kActive:
      return t.active;
    case Place::kScheduled:
      return t.scheduled;
    case Place::kBlocked:
      return t.blocked;
    case Place::kFailed:
      return t.failed;
    case Place::kDone:
      return t.done;
    case Place::kGone:
      return 0;
  }
  return 0;
}

class Tally {
 public:
  Tally(Session& session, Filter filter, std::vector<Group> groups)
      : session_(session), filter_(std::move(filter)), groups_(std::move(groups)) {}

  ExitCode run() {
    InterruptScope scope;
    const Output& out = session_.out();
    Detail detail{has(groups_, Group::kTask) || has(groups_, Group::kResource),
                  has(groups_, Group::kKind) || has(groups_, Group::kError),
                  has(groups_, Group::kState)};
    JobScan scan(session_, filter_, all_places(), detail);
    ProgressBar bar(out, "job");
    while (!interrupted()) {
      auto rows = scan.next();
      if (!rows) {
        return out.fail(rows.error());
      }
      if (rows->empty()) {
        break;
      }
      for (const auto& row : *rows) {
        add(row);
      }
      bar.show(scan.looked_at(), -1);
    }
    bar.wipe();
    print();
    if (interrupted()) {
      out.complain("interrupted: " + counted(scan.looked_at(), "job") + " looked at, not all");
      return ExitCode::kInterrupted;
    }
    return ExitCode::kOk;
  }

 private:
  void add(const Row& row) {
    ++total_;
    std::vector<std::string> key;
    for (Group group : groups_) {
      key.push_back(group_value(group, row));
    }
    if (counts_.size() >= kMostGroups && !counts_.contains(key)) {
      key.assign(groups_.size(), "(other)");
    }
    ++counts_[key];
  }

  void print() const {
    const Output& out = session_.out();
    if (groups_.empty()) {
      out.line(out.json() ? JsonObject().number("count", total_).str() : std::to_string(total_));
      return;
    }
    using Entry = std::pair<std::vector<std::string>, int64_t>;
    std::vector<Entry> sorted(counts_.begin(), counts_.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Entry& a, const Entry& b) { return a.second > b.second; });
    std::vector<Column> head{{"COUNT"}};
    for (Group group : groups_) {
      std::string name = name_of(group);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      bool is_word = group == Group::kState || group == Group::kKind;
      head.push_back({name, is_word ? Column::Kind::kWhole : Column::Kind::kText});
    }
    Table table(head);
    for (const auto& [key, n] : sorted) {
      if (out.json()) {
        print_json(key, n);
        continue;
      }
      std::vector<std::string> cells{grouped(n)};
      cells.insert(cells.end(), key.begin(), key.end());
      table.add(std::move(cells));
    }
    table.print(out);
  }

  void print_json(const std::vector<std::string>& key, int64_t n) const {
    JsonObject object;
    object.number("count", n);
    for (size_t i = 0; i < groups_.size(); ++i) {
      object.text(name_of(groups_[i]), key[i].empty() ? std::nullopt : std::optional(key[i]));
    }
    session_.out().line(object.str());
  }

  Session& session_;
  Filter filter_;
  std::vector<Group> groups_;
  std::map<std::vector<std::string>, int64_t> counts_;
  int64_t total_ = 0;
};

ExitCode count_totals(Session& session, const Filter& filter) {
  auto totals = read_totals(session);
  if (!totals) {
    return session.out().fail(totals.error());
  }
  int64_t n = count_in(*totals, filter.state);
  session.out().line(session.out().json() ? JsonObject().number("count", n).str()
                                          : std::to_string(n));
  return ExitCode::kOk;
}

ExitCode count_ids(Session& session, const std::vector<std::string>& ids) {
  int64_t n = 0;
  ExitCode code = ExitCode::kOk;
  for (size_t from = 0; from < ids.size(); from += kBatchJobs) {
    auto some = std::span(ids).subspan(from, std::min(kBatchJobs, ids.size() - from));
    auto reply = session.ask(locate(session.keys(), some));
    auto places = reply ? parse_locate(reply->view(), some.size())
                        : Result<std::vector<std::optional<Place>>>(reply.error());
    if (!places) {
      return session.out().fail(places.error());
    }
    for (size_t i = 0; i < some.size(); ++i) {
      if ((*places)[i]) {
        ++n;
      } else {
        code = say_no_such_job(session, some[i]);
      }
    }
  }
  session.out().line(session.out().json() ? JsonObject().number("count", n).str()
                                          : std::to_string(n));
  return code;
}

}  // namespace

std::vector<std::string> group_names() {
  std::vector<std::string> names;
  names.reserve(std::size(kGroups));
  for (const auto& known : kGroups) {
    names.emplace_back(known.name);
  }
  return names;
}

Result<std::vector<Group>> parse_groups(const std::string& by) {
  std::vector<Group> groups;
  std::istringstream in(by);
  for (std::string word; std::getline(in, word, ',');) {
    auto known = std::find_if(kGroups.begin(), kGroups.end(),
                              [&word](const GroupName& g) { return word == g.name; });
    if (known == kGroups.end()) {
      auto name = nearest(word, group_names());
      return Error{ErrorCode::kInvalid, "--by: " + word +
                                            " is none of state, task, resource, kind, error" +
                                            (name ? "; did you mean " + *name + "?" : "")};
    }
    if (has(groups, known->group)) {
      return Error{ErrorCode::kInvalid, "--by: " + word + " is there twice"};
    }
    groups.push_back(known->group);
  }
  return groups;
}

std::string group_value(Group group, const Row& row) {
  switch (group) {
    case Group::kState:
      return row.cancelled ? "cancelled" : std::string(to_string(row.place));
    case Group::kTask:
      return row.task;
    case Group::kResource:
      return row.resource;
    case Group::kKind:
      return row.kind;
    case Group::kError:
      return to_utf8(first_line(row.error), kGroupText);
  }
  return "";
}

ExitCode run_count(const Globals& globals, const CountOptions& options) {
  Output out(globals);
  auto filter = make_filter(options.filter, now_wall_ms());
  auto groups = parse_groups(options.by.value_or(""));
  if (!filter || !groups) {
    return out.fail(filter ? groups.error() : filter.error());
  }
  auto alone = check_ids_alone(options.ids, *filter, options.all || !groups->empty());
  if (!alone) {
    return out.fail(alone.error());
  }
  auto session = Session::open(globals);
  if (!session) {
    return out.fail(session.error());
  }
  if (!options.ids.empty()) {
    return count_ids(*session, options.ids);
  }
  if (groups->empty() && !filter->looks_inside() && !filter->limit) {
    return count_totals(*session, *filter);
  }
  return Tally(*session, *filter, *groups).run();
}

}  // namespace stint::cli
