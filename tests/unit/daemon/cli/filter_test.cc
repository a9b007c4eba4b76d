#include "daemon/cli/filter.h"

#include <catch2/catch.hpp>

#include "daemon/cli/base64.h"
#include "daemon/cli/job_count.h"
#include "daemon/cli/job_list.h"

using namespace stint;
using namespace stint::cli;

namespace {

constexpr int64_t kFilterNow = 1'763'661'387'000;

Row some_row() {
  Row row;
  row.id = "a";
  row.place = Place::kFailed;
  row.score_ms = kFilterNow - 60'000;
  row.created_ms = kFilterNow - 3'600'000;
  row.task = "resize";
  row.resource = "video:7";
  row.kind = "timeout";
  row.error = "took longer than 1h";
  return row;
}

bool fits(const FilterWords& words, const Row& row) {
  return make_filter(words, kFilterNow).value().matches(row);
}

FilterWords said(std::optional<std::string> FilterWords::*field, const std::string& value) {
  FilterWords words;
  words.*field = value;
  return words;
}

}  // namespace

TEST_CASE("filter: nothing said means every job") {
  CHECK(fits({}, some_row()));
  CHECK_FALSE(make_filter({}, kFilterNow)->says_anything());
}

TEST_CASE("filter: each option is compared with what the job is") {
  CHECK(fits(said(&FilterWords::state, "failed"), some_row()));
  CHECK_FALSE(fits(said(&FilterWords::state, "pending"), some_row()));
  CHECK(fits(said(&FilterWords::task, "resize"), some_row()));
  CHECK_FALSE(fits(said(&FilterWords::task, "resiz"), some_row()));
  CHECK(fits(said(&FilterWords::resource, "video:7"), some_row()));
  CHECK_FALSE(fits(said(&FilterWords::resource, "video:8"), some_row()));
  CHECK(fits(said(&FilterWords::kind, "timeout"), some_row()));
  CHECK_FALSE(fits(said(&FilterWords::kind, "crash"), some_row()));
  CHECK(fits(said(&FilterWords::error, "longer than"), some_row()));
  CHECK_FALSE(fits(said(&FilterWords::error, "shorter"), some_row()));
}

TEST_CASE("filter: since and until mean the final failure of failed jobs, else the submission") {
  Row failed = some_row();
  CHECK(fits(said(&FilterWords::since, "10m"), failed));
  CHECK_FALSE(fits(said(&FilterWords::until, "10m"), failed));
  Row pending = some_row();
  pending.place = Place::kPending;
  CHECK_FALSE(fits(said(&FilterWords::since, "10m"), pending));
  CHECK(fits(said(&FilterWords::until, "10m"), pending));
  CHECK(fits(said(&FilterWords::since, rfc3339(failed.score_ms)), failed));
  CHECK_FALSE(fits(said(&FilterWords::until, rfc3339(failed.score_ms)), failed));
}

TEST_CASE("filter: a word that is not known names the nearest") {
  auto state = make_filter(said(&FilterWords::state, "pendign"), kFilterNow);
  REQUIRE_FALSE(state);
  CHECK(state.error().code == ErrorCode::kInvalid);
  CHECK(state.error().message.find("did you mean pending?") != std::string::npos);
  auto kind = make_filter(said(&FilterWords::kind, "crahs"), kFilterNow);
  REQUIRE_FALSE(kind);
  CHECK(kind.error().message.find("did you mean crash?") != std::string::npos);
  CHECK_FALSE(make_filter(said(&FilterWords::since, "yesterday"), kFilterNow));
  FilterWords turned = said(&FilterWords::since, "1h");
  turned.until = "2h";
  auto empty = make_filter(turned, kFilterNow);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().message.find("the other way round?") != std::string::npos);
  FilterWords none;
  none.limit = 0;
  CHECK_FALSE(make_filter(none, kFilterNow));
}

TEST_CASE("filter: it can be said in words") {
  FilterWords words;
  words.state = "failed";
  words.task = "resize";
  words.kind = "crash";
  CHECK(describe(*make_filter(words, kFilterNow)) == "failed jobs with task resize, kind crash");
  CHECK(describe(1, *make_filter(words, kFilterNow)) ==
        "1 failed job with task resize, kind crash");
  CHECK(describe(1, *make_filter(said(&FilterWords::state, "cancelled"), kFilterNow)) ==
        "1 cancelled job");
  CHECK(describe(1, Filter{}) == "1 job");
  CHECK(describe(2000, Filter{}) == "2,000 jobs");
}

TEST_CASE("count: groups are named fields, others are refused with the nearest") {
  auto groups = parse_groups("task,kind,error");
  REQUIRE(groups);
  REQUIRE(groups->size() == 3);
  CHECK(group_value((*groups)[0], some_row()) == "resize");
  CHECK(group_value((*groups)[1], some_row()) == "timeout");
  CHECK(group_value((*groups)[2], some_row()) == "took longer than 1h");
  auto wrong = parse_groups("tsk");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.find("did you mean task?") != std::string::npos);
  auto twice = parse_groups("task,kind,task");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message == "--by: task is there twice");
}

TEST_CASE("list: a cursor comes back as it was written, anything else is refused") {
  Cursor cursor;
  cursor[0] = {std::string(256, '\x7e') + "", 12, 3, false};
  cursor[3] = {"ä \"b\" \\", 1'763'661'387'123, 0, false};
  cursor[5] = {"r", 0, 0, true};
  std::string text = cursor_text(cursor);
  CHECK(*parse_cursor(text) == cursor);
  CHECK(text.find_first_of(" \"'") == std::string::npos);
  CHECK(*parse_cursor(cursor_text(Cursor{})) == Cursor{});
  for (const std::string& wrong :
       {std::string(), std::string("12.0.0.3.50.0"), text.substr(1), text + "x", to_base64("[]"),
        to_base64("[null,null,null,null,null,3]"),
        to_base64(R"([["a",1,-1,false],null,null,null,null,null])"),
        to_base64(R"([["a",1,0],null,null,null,null,null])"), std::string(100'000, 'A')}) {
    INFO(wrong.substr(0, 60));
    CHECK_FALSE(parse_cursor(wrong));
  }
}
