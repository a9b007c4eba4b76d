// stint resource list.
#include <algorithm>
#include <set>

#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::has;
using test::json_at;
using test::lines_of;
using test::StintCalls;

TEST_CASE("stint resource list: who holds what, how many wait, who is next") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs", "r"), test::job_spec("first", "r"),
                     test::job_spec("second", "r"), test::job_spec("alone", "s")});
  REQUIRE(stint.hand.claim("w", 4).size() == 2);
  auto lines = lines_of(stint({"resource", "list", "--json"}).out);
  std::sort(lines.begin(), lines.end());
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] ==
        R"({"resource":"r","holder":"runs","state":"active","waiting":2,"next":"first"})");
  CHECK(lines[1] ==
        R"({"resource":"s","holder":"alone","state":"active","waiting":0,"next":null})");
}

TEST_CASE("stint resource list: pages bring each resource once, also of a long list") {
  StintCalls stint;
  for (int held : {7, 700}) {  // Redis scans a small hash whole, a large one in steps
    std::vector<std::string> set{"HSET", "stint:{default}:locks"};
    for (int i = 0; i < held; ++i) {
      set.push_back("r" + std::to_string(i));
      set.push_back("job");
    }
    stint.server.command(set);
    std::set<std::string> seen;
    std::vector<std::string> words{"resource", "list", "--json", "--limit", "3"};
    if (held > 50) {
      words.erase(words.end() - 2, words.end());
    }
    std::string after;
    do {
      auto page = words;
      if (!after.empty()) {
        page.insert(page.end(), {"--after", after});
      }
      auto lines = lines_of(stint(page).out);
      after = json_at(lines.back(), "/after");
      CHECK(lines.size() <= (held > 50 ? 51 : 4));
      for (const auto& line : lines) {
        if (json_at(line, "/after").empty()) {
          CHECK(seen.insert(json_at(line, "/resource")).second);
        }
      }
    } while (!after.empty());
    CHECK(seen.size() == static_cast<size_t>(held));
  }
  CHECK(has(stint({"resource", "list", "--limit", "2"}).err, "there are more: --after "));
  CHECK(stint({"resource", "list", "--after", "x"}).code == 2);
}

TEST_CASE("stint resource list: a line of another type is said, and hides nothing of the others") {
  StintCalls stint;
  stint.hand.submit({test::job_spec("runs", "r"), test::job_spec("alone", "s")});
  REQUIRE(stint.hand.claim("w", 2).size() == 2);
  stint.server.command({"SET", "stint:{default}:blocked:r", "no line"});
  auto listed = stint({"resource", "list", "--json"});
  CHECK(listed.code == 1);
  auto lines = lines_of(listed.out);
  std::sort(lines.begin(), lines.end());
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] ==
        R"({"resource":"r","holder":"runs","state":"active","waiting":null,"next":null})");
  CHECK(json_at(lines[1], "/waiting") == "0");
  CHECK(has(listed.err, "stint: r: a key is not of the type that stint gave it"));
  CHECK(has(listed.err, "stint doctor --repair"));
}
