#include "daemon/cli/job_list.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <span>

#include "client/json_object.h"
#include "client/look.h"
#include "daemon/cli/job_scan.h"
#include "daemon/cli/no_such_job.h"
#include "daemon/cli/show_text.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

constexpr size_t kListed = 50;

// One place: a page read ahead, so that the places can be merged by age.
struct Lane {
  PlaceFeed feed;
  PlaceMark taken;  // what is behind us: the cursor
  std::deque<Row> page;
  size_t next = 0;  // of the page as it was read
};

class Merge {
 public:
  Merge(Session& session, const Filter& filter, const Cursor& from) : filter_(filter) {
    for (size_t i = 0; i < all_places().size(); ++i) {
      Place place = all_places()[i];
      bool wanted = !filter.state || *filter.state == place;
      lanes_.push_back(
          {PlaceFeed(session, place, {true, filter.needs_errors()}, from[i]), from[i], {}});
      wanted_.push_back(wanted);
    }
  }

  // The next job that matches, by age; empty: that was all.
  Result<std::optional<Row>> next() {
    while (true) {
      Lane* newest = nullptr;
      for (size_t i = 0; i < lanes_.size(); ++i) {
        if (auto filled = wanted_[i] ? fill(lanes_[i]) : Result<void>(); !filled) {
          return filled.error();
        }
        bool has = wanted_[i] && !lanes_[i].page.empty();
        if (has && (newest == nullptr || age(newest->page.front()) < age(lanes_[i].page.front()))) {
          newest = &lanes_[i];
        }
      }
      if (newest == nullptr) {
        return std::optional<Row>();
      }
      Row row = std::move(newest->page.front());
      newest->page.pop_front();
      // Between two pages all that was read is behind us; inside one each job counts for itself.
      newest->taken =
          newest->page.empty() ? newest->feed.mark() : newest->feed.marks()[newest->next++];
      if (filter_.matches(row)) {
        return std::optional(std::move(row));
      }
    }
  }

  Cursor cursor() const {
    Cursor cursor{};
    for (size_t i = 0; i < lanes_.size(); ++i) {
      cursor[i] = lanes_[i].taken;
    }
    return cursor;
  }

 private:
  int64_t age(const Row& row) const {
    return filter_.state && row.score_ms != 0 ? row.score_ms : row.created_ms;
  }

  static Result<void> fill(Lane& lane) {
    if (!lane.page.empty() || lane.feed.done()) {
      return {};
    }
    auto rows = lane.feed.next(kListed);
    if (!rows) {
      return rows.error();
    }
    lane.page.assign(std::make_move_iterator(rows->begin()), std::make_move_iterator(rows->end()));
    lane.next = 0;
    return {};
  }

  const Filter& filter_;
  std::vector<Lane> lanes_;
  std::vector<bool> wanted_;
};

// What the jobs of one state are ordered by, and so what is to be seen of them; of those that are
// done it is when they ended, though the order is by when they will be forgotten.
const char* time_column(std::optional<Place> state) {
  if (state == Place::kScheduled) {
    return "DUE";
  }
  if (state == Place::kBlocked) {
    return "BLOCKED";
  }
  if (state == Place::kFailed) {
    return "FAILED";
  }
  return state == Place::kDone ? "ENDED" : "CREATED";
}

Table job_table(std::optional<Place> state) {
  using Kind = Column::Kind;
  return Table({{"ID"},
                {"STATE"},
                {"TASK", Kind::kText},
                {"RESOURCE", Kind::kText, 1},
                {time_column(state), Kind::kTime},
                {"ATTEMPT", Kind::kWhole, 2},
                {"ERROR", Kind::kText}});
}

std::string whole_seconds(const std::string& time) {
  return time.substr(0, 19) + "Z";
}

class Listing {
 public:
  // state: the one that all are in.
  Listing(Session& session, std::optional<Place> state, bool all_must_exist)
      : session_(session),
        state_(state),
        all_must_exist_(all_must_exist),
        table_(job_table(state)) {}

  ExitCode print(std::span<const Row> rows) {
    for (size_t from = 0; from < rows.size(); from += kListed) {
      auto some = rows.subspan(from, std::min(kListed, rows.size() - from));
      std::vector<std::string> ids;
      for (const Row& row : some) {
        ids.push_back(row.id);
      }
      auto views = look_at(session_, ids);
      if (!views) {
        return session_.out().fail(views.error());
      }
      for (size_t i = 0; i < some.size(); ++i) {
        add(some[i], (*views)[i]);
      }
    }
    table_.print(session_.out());
    return code_;
  }

 private:
  void add(const Row& row, const std::optional<JobView>& job) {
    const Output& out = session_.out();
    if (!job && all_must_exist_) {
      code_ = say_no_such_job(session_, row.id);
    } else if (job && out.json()) {
      out.line(on_one_line(list_json(*job)));
    } else if (job) {
      bool explains = !job->errors.empty() && job->outcome != "succeeded";
      std::string error = explains ? job->errors.back().kind + ": " +
                                         std::string(first_line(job->errors.back().message))
                                   : "";
      std::string state = job->outcome == "cancelled" ? "cancelled" : job->state;
      table_.add({job->id, state, job->task, job->resource, time_of(row, *job),
                  std::to_string(job->attempt), error});
    }
  }
  std::string time_of(const Row& row, const JobView& job) const {
    if (state_ == Place::kDone) {  // its score is when it will be forgotten
      return job.finished_at ? whole_seconds(*job.finished_at) : "";
    }
    auto at = state_ && row.score_ms != 0 ? std::optional(row.score_ms) : job.created_ms;
    return at ? whole_seconds(rfc3339(*at)) : "";
  }

  Session& session_;
  std::optional<Place> state_;
  bool all_must_exist_;
  Table table_;
  ExitCode code_ = ExitCode::kOk;
};

void say_more(const Session& session, const Cursor& cursor) {
  if (session.out().json()) {
    session.out().line(JsonObject().text("after", std::string_view(cursor_text(cursor))).str());
  } else {
    session.out().note("there are more: --after " + cursor_text(cursor));
  }
}

ExitCode list_filtered(Session& session, const Filter& filter, const Cursor& from) {
  Merge merge(session, filter, from);
  size_t limit = filter.limit.value_or(kListed);
  std::vector<Row> rows;
  bool more = false;
  Cursor cursor = from;
  while (!more) {
    auto row = merge.next();
    if (!row) {
      return session.out().fail(row.error());
    }
    if (!*row) {
      break;
    }
    more = rows.size() == limit;
    if (!more) {
      rows.push_back(std::move(**row));
      cursor = merge.cursor();
    }
  }
  // Each state has an order of its own; what they are merged to is ordered as it is shown.
  if (!filter.state) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.created_ms > b.created_ms; });
  }
  ExitCode code = Listing(session, filter.state, false).print(rows);
  if (more) {
    say_more(session, cursor);
  }
  if (rows.empty() && !session.out().json()) {
    session.out().note("no " + describe(filter) + " in queue " + session.keys().queue());
  }
  return code;
}

}  // namespace

ExitCode run_list(const Globals& globals, const ListOptions& options) {
  Output out(globals);
  auto filter = make_filter(options.filter, now_wall_ms());
  if (!filter) {
    return out.fail(filter.error());
  }
  if (auto alone = check_ids_alone(options.ids, *filter, options.all); !alone) {
    return out.fail(alone.error());
  }
  Cursor from{};
  if (options.after) {
    auto cursor = parse_cursor(*options.after);
    if (!cursor) {
      return out.fail(cursor.error());
    }
    from = *cursor;
  }
  auto session = Session::open(globals);
  if (!session) {
    return out.fail(session.error());
  }
  if (options.ids.empty()) {
    return list_filtered(*session, *filter, from);
  }
  std::vector<Row> rows;
  for (const auto& id : options.ids) {
    rows.emplace_back().id = id;
  }
  return Listing(*session, std::nullopt, true).print(rows);
}

}  // namespace stint::cli
