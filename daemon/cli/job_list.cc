#include "daemon/cli/job_list.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <span>

#include "client/json_object.h"
#include "client/look.h"
#include "daemon/cli/job_scan.h"
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

Table job_table() {
  using Kind = Column::Kind;
  return Table({{"ID"},
                {"STATE"},
                {"TASK", Kind::kText},
                {"RESOURCE", Kind::kText, 1},
                {"CREATED", Kind::kTime},
                {"ATTEMPT", Kind::kWhole, 2},
                {"ERROR", Kind::kText}});
}

std::string whole_seconds(int64_t ms) {
  return rfc3339(ms).substr(0, 19) + "Z";
}

class Listing {
 public:
  Listing(Session& session, bool all_must_exist)
      : session_(session), all_must_exist_(all_must_exist), table_(job_table()) {}

  ExitCode print(std::span<const std::string> ids) {
    for (size_t from = 0; from < ids.size(); from += kListed) {
      auto some = ids.subspan(from, std::min(kListed, ids.size() - from));
      auto views = look_at(session_, some);
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
  void add(const std::string& id, const std::optional<JobView>& job) {
    const Output& out = session_.out();
    if (!job && all_must_exist_) {
      out.complain("no such job in queue " + session_.keys().queue() + ": " + id);
      code_ = ExitCode::kNoSuchJob;
    } else if (job && out.json()) {
      out.line(on_one_line(list_json(*job)));
    } else if (job) {
      bool explains = !job->errors.empty() && job->outcome != "succeeded";
      std::string error = explains ? job->errors.back().kind + ": " +
                                         std::string(first_line(job->errors.back().message))
                                   : "";
      std::string state = job->outcome == "cancelled" ? "cancelled" : job->state;
      table_.add({job->id, state, job->task, job->resource,
                  job->created_ms ? whole_seconds(*job->created_ms) : "",
                  std::to_string(job->attempt), error});
    }
  }

  Session& session_;
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
  std::vector<std::string> ids;
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
    more = ids.size() == limit;
    if (!more) {
      ids.push_back((*row)->id);
      cursor = merge.cursor();
    }
  }
  ExitCode code = Listing(session, false).print(ids);
  if (more) {
    say_more(session, cursor);
  }
  if (ids.empty() && !session.out().json()) {
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
  return options.ids.empty() ? list_filtered(*session, *filter, from)
                             : Listing(*session, true).print(options.ids);
}

}  // namespace stint::cli
