// stint job list: its order, and page by page, while the queue moves between the pages.
#include <set>

#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::has;
using test::json_at;
using test::lines_of;
using test::StintCalls;

namespace {

// What `job list` shows page by page, `size` at a time; between two pages something happens.
std::vector<std::string> listed(StintCalls& stint, int size, std::vector<std::string> words,
                                const std::function<void(int)>& between) {
  std::vector<std::string> ids;
  std::string after;
  for (int page = 0; page < 1000; ++page) {
    std::vector<std::string> call{"job", "list", "--json", "--limit", std::to_string(size)};
    call.insert(call.end(), words.begin(), words.end());
    if (!after.empty()) {
      call.insert(call.end(), {"--after", after});
    }
    auto ended = stint(call);
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    after.clear();
    for (const auto& line : lines_of(ended.out)) {
      std::string id = json_at(line, "/id");
      id.empty() ? void(after = json_at(line, "/after")) : ids.push_back(id);
    }
    if (after.empty()) {
      return ids;
    }
    between(page);
  }
  FAIL("the list has no end");
  return ids;
}

std::vector<JobSpec> specs_of(const std::string& stem, int count) {
  std::vector<JobSpec> specs;
  for (int i = 0; i < count; ++i) {
    specs.push_back(test::job_spec(stem + std::to_string(i)));
  }
  return specs;
}

std::vector<std::string> descending(const std::string& stem, int from, int to) {
  std::vector<std::string> ids;
  for (int i = from; i >= to; --i) {
    ids.push_back(stem + std::to_string(i));
  }
  return ids;
}

}  // namespace

TEST_CASE(
    "stint job list: pages of pending neither miss nor repeat what stays while jobs come and go") {
  StintCalls stint;
  stint.hand.submit(specs_of("j", 60));
  // Each time three come at the head and two of the oldest are claimed and end.
  auto ids = listed(stint, 7, {"--state", "pending"}, [&stint](int page) {
    stint.hand.submit(specs_of("n" + std::to_string(page) + "-", 3));
    for (const auto& job : stint.hand.claim("w", 2)) {
      stint.hand.end(job, EndKind::kOk);
    }
  });
  // When all older than j14 were gone the list had come so far.
  REQUIRE(ids.size() >= 40);
  CHECK(ids == descending("j", 59, 60 - static_cast<int>(ids.size())));
  CHECK(stint.job("j" + std::to_string(60 - ids.size() - 1), "/state") == "done");
}

TEST_CASE("stint job list: pages of pending go on where the last job seen was claimed or deleted") {
  StintCalls stint;
  stint.hand.submit(specs_of("j", 20));
  auto deleted = listed(stint, 5, {}, [&stint](int page) {
    // The last one seen goes, and comes again at the head: its dead copy marks no place.
    std::string last = "j" + std::to_string(15 - 5 * page);
    stint.hand.remove(last);
    stint.hand.submit({test::job_spec(last)});
  });
  CHECK(deleted == descending("j", 19, 0));
  auto again = listed(stint, 5, {}, [](int) {});
  CHECK(std::set<std::string>(again.begin(), again.end()).size() == 20);
  CHECK(again.size() == 20);
  // The last one seen is taken, and so is all behind it.
  auto claimed =
      listed(stint, 15, {"--state", "pending"}, [&stint](int) { (void)stint.hand.claim("w", 15); });
  CHECK(claimed.size() == 15);
}

TEST_CASE("stint job list: pages of a sorted place neither miss nor repeat, also at one score") {
  StintCalls stint;
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    std::string id = "f" + std::to_string(100 + i);
    stint.hand.submit({test::job_spec(id)});
    stint.hand.end(stint.hand.claim("w", 1).at(0), EndKind::kError);
    stint.server.command(
        {"ZADD", "stint:{default}:failed", "XX", std::to_string(1763661387000 + i / 20), id});
    expected.insert(expected.begin(), id);
  }
  auto ids = listed(stint, 6, {"--state", "failed"}, [&](int page) {
    // A new one in front, one that was seen goes, and so does the one that the cursor names.
    stint.ended_job("n" + std::to_string(page), EndKind::kError);
    stint.hand.remove(expected.at(static_cast<size_t>(page)));
    stint.hand.remove(expected.at(static_cast<size_t>(page * 6 + 5)));
  });
  CHECK(ids == expected);
}

TEST_CASE("stint job list: jobs on their way through the places are listed to the end") {
  StintCalls stint;
  for (int i = 0; i < 10; ++i) {
    stint.ended_job("e" + std::to_string(i), i % 2 == 0 ? EndKind::kError : EndKind::kOk);
  }
  stint.hand.submit(specs_of("a", 10));
  REQUIRE(stint.hand.claim("w", 10).size() == 10);
  stint.hand.submit(specs_of("p", 10));
  stint.server.command(
      {"LMOVE", "stint:{default}:pending", "stint:{default}:reserved", "RIGHT", "LEFT"});
  stint.server.command(
      {"LMOVE", "stint:{default}:pending", "stint:{default}:reserved", "RIGHT", "LEFT"});
  auto ids = listed(stint, 4, {}, [&stint](int page) {
    stint.hand.submit({test::job_spec("n" + std::to_string(page))});
  });
  CHECK(ids.size() == 30);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 30);
}

TEST_CASE("stint job list: a cursor that is none is refused") {
  StintCalls stint;
  auto ended = stint({"job", "list", "--after", "12.0.0.3.50.0"});
  CHECK(ended.code == 2);
  CHECK(test::has(ended.err, "--after: not a cursor of job list"));
}

TEST_CASE("stint job list and count: a filter beside ids is refused, not passed over") {
  StintCalls stint;
  stint.ended_job("a", EndKind::kError);
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--state", "done"},
                                               {"--task", "t"},
                                               {"--limit", "1"},
                                               {"--all"}}) {
    for (const std::string verb : {"list", "count"}) {
      std::vector<std::string> words{"job", verb, "a"};
      words.insert(words.end(), more.begin(), more.end());
      auto refused = stint(words);
      CHECK(refused.code == 2);
      CHECK(refused.out.empty());
      CHECK(refused.err == "stint: either ids or a filter, not both\n");
    }
  }
  CHECK(stint({"job", "count", "a", "--by", "state"}).code == 2);
  CHECK(stint({"job", "count", "a"}).out == "1\n");
}

TEST_CASE("stint job list: of all states by creation, of one by the time that is shown") {
  StintCalls stint;
  auto tick = [&stint] { stint.server.command({"WAIT", "1", "2"}); };  // the next millisecond
  auto ids = [&stint](const std::vector<std::string>& more) {
    std::vector<std::string> words{"job", "list", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    std::string text;
    for (const auto& line : lines_of(stint(words).out)) {
      text += json_at(line, "/id") + " ";
    }
    return text;
  };
  stint.hand.submit({test::job_spec("ends-last", "r")});
  tick();
  stint.hand.submit({test::job_spec("ends-first")});
  tick();
  auto given = stint.hand.claim("w", 2);
  REQUIRE(given.size() == 2);
  stint.hand.end(given.at(1), EndKind::kOk);
  tick();
  JobSpec later = test::job_spec("due-last");
  later.delay = milliseconds{7'200'000};
  stint.hand.submit({later});
  tick();
  JobSpec sooner = test::job_spec("due-first");
  sooner.delay = milliseconds{3'600'000};
  stint.hand.submit({sooner});
  given.at(0).finished_ms = now_wall_ms();
  stint.hand.end(given.at(0), EndKind::kOk);
  CHECK(ids({}) == "due-first due-last ends-first ends-last ");
  CHECK(ids({"--state", "done"}) == "ends-last ends-first ");
  CHECK(ids({"--state", "scheduled"}) == "due-last due-first ");
  auto heads = [&stint](const std::string& state) {
    return lines_of(stint({"job", "list", "--state", state}).out).front();
  };
  CHECK(has(heads("done"), "ENDED"));
  // Not when it will be forgotten, by which they are ordered.
  const std::string ended = stint.job("ends-last", "/finished_at").substr(0, 19) + "Z";
  REQUIRE(ended.starts_with("20"));
  CHECK(has(lines_of(stint({"job", "list", "--state", "done"}).out).at(1), ended));
  CHECK(has(heads("scheduled"), "DUE"));
  CHECK(has(lines_of(stint({"job", "list"}).out).front(), "CREATED"));
}
