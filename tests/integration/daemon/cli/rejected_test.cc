#include "tests/integration/daemon/cli/stint_calls.h"

using namespace stint;
using test::has;
using test::json_at;
using test::lines_of;
using test::StintCalls;

namespace {

std::string refused_entry(const std::string& id, const std::string& raw) {
  return id + "\n{\"at\":\"2026-11-20T20:00:00.000Z\",\"from\":\"inbox\",\"reason\":\"no\"}\n" +
         raw;
}

}  // namespace

TEST_CASE("stint rejected: listed with the reason, put back, deleted") {
  StintCalls stint;
  auto reject = [&stint](const std::string& id, const std::string& raw) {
    stint.server.command({"LPUSH", "stint:{default}:rejected",
                          id +
                              "\n{\"at\":\"2026-11-20T20:00:00.000Z\",\"from\":\"inbox\","
                              "\"reason\":\"unknown field 'x'\"}\n" +
                              raw});
  };
  reject("a", "{\"x\":1}");
  reject("", "garbage");
  stint.server.command(
      {"HSET", "stint:{default}:outcomes", "a",
       R"({"state":"rejected","attempt":0,"result":null,"reason":"unknown field 'x'",)"
       R"("started_at":null,"finished_at":"2026-11-20T20:00:00.000Z","errors":[]})"});
  for (const std::string verb : {"show", "logs", "list", "count"}) {
    auto none = stint({"job", verb, "a"});
    CHECK(none.code == 3);
    CHECK(none.err ==
          "stint: no such job in queue default: a; its inbox entry was rejected: unknown field "
          "'x'; stint rejected list a shows it\n");
  }
  auto listed = lines_of(stint({"rejected", "list", "--json"}).out);
  REQUIRE(listed.size() == 2);
  CHECK(
      listed[1] ==
      R"({"id":"a","at":"2026-11-20T20:00:00.000Z","from":"inbox","reason":"unknown field 'x'","entry":"{\"x\":1}","entry_base64":null})");
  CHECK(json_at(listed[0], "/id") == "null");
  CHECK(stint({"rejected", "retry", "a"}).code == 0);
  CHECK(stint.server.command({"LRANGE", "stint:{default}:inbox", "0", "-1"}) == "{\"x\":1}");
  CHECK(stint.server.command({"HEXISTS", "stint:{default}:outcomes", "a"}) == "0");
  CHECK(stint({"rejected", "retry", "a"}).code == 3);
  auto unasked = stint({"rejected", "delete", "--all"});
  CHECK(unasked.code == 2);
  CHECK(has(unasked.err, "say --yes (stint rejected list shows which)"));
  CHECK(stint({"rejected", "delete", "--all", "--dry-run"}).out ==
        "would delete 1 rejected entry\n");
  CHECK(stint({"rejected", "delete", "--all", "--dry-run", "--json"}).out ==
        "{\"matched\":1,\"done\":0}\n");
  CHECK(stint({"rejected", "delete", "--all", "--yes", "--json"}).out ==
        "{\"matched\":1,\"done\":1}\n");
  CHECK(stint.server.command({"LLEN", "stint:{default}:rejected"}) == "0");
}

TEST_CASE("stint rejected: where the inbox is of another type the entries stay, and it is said") {
  StintCalls stint;
  stint.server.command({"LPUSH", "stint:{default}:rejected", refused_entry("a", "raw")});
  stint.server.command({"SET", "stint:{default}:inbox", "no list"});
  auto refused = stint({"rejected", "retry", "a"});
  CHECK(refused.code == 1);
  CHECK(refused.out.empty());
  CHECK(has(refused.err, "WRONGTYPE stint:{default}:inbox must be a list"));
  CHECK(has(refused.err, "stint doctor --repair moves it aside"));
  CHECK(stint.server.command({"LLEN", "stint:{default}:rejected"}) == "1");
  CHECK(stint({"rejected", "delete", "a"}).out == "1 deleted\n");
}

TEST_CASE("stint rejected: more than one call carries, put back in their order") {
  StintCalls stint;
  std::string wanted;
  for (int i = 0; i < 45; ++i) {
    std::string raw = std::to_string(i) + (i % 10 == 0 ? std::string(400'000, 'x') : "");
    stint.server.command({"LPUSH", "stint:{default}:rejected", refused_entry("", raw)});
    wanted = raw + (wanted.empty() ? "" : " ") + wanted;
  }
  CHECK(stint({"rejected", "retry", "--all", "--yes"}).out == "45 put back into the inbox\n");
  CHECK(stint.server.command({"LRANGE", "stint:{default}:inbox", "0", "-1"}) == wanted);
  CHECK(stint.server.command({"EXISTS", "stint:{default}:rejected"}) == "0");
}

TEST_CASE("stint rejected: a Redis user who lacks a right is told, and nothing is moved") {
  StintCalls stint;
  stint.server.command({"LPUSH", "stint:{default}:rejected", refused_entry("a", "raw")});
  stint.server.command({"ACL", "SETUSER", "default", "-lpush"});
  auto refused = stint({"rejected", "retry", "--all", "--yes"});
  stint.server.command({"ACL", "SETUSER", "default", "+lpush"});
  CHECK(refused.code == 78);
  CHECK(has(refused.err, "lacks a right: lpush on stint:{default}:*"));
  CHECK(stint.server.command({"LLEN", "stint:{default}:rejected"}) == "1");
}

TEST_CASE("stint rejected: an id that is not there is said and ends with 3, the others are moved") {
  StintCalls stint;
  for (const char* id : {"a", "b", "c"}) {
    stint.server.command({"LPUSH", "stint:{default}:rejected", refused_entry(id, id)});
  }
  auto some = stint({"rejected", "retry", "--quiet", "a", "nobody", "--json"});
  CHECK(some.code == 3);
  CHECK(some.out == "{\"matched\":1,\"done\":1}\n");
  CHECK(some.err == "stint: no such entry in stint:{default}:rejected: nobody\n");
  CHECK(stint({"rejected", "delete", "b", "nobody", "--dry-run"}).code == 3);
  auto none = stint({"rejected", "delete", "--quiet", "nobody", "--json"});
  CHECK(none.code == 3);
  CHECK(none.out == "{\"matched\":0,\"done\":0}\n");
  CHECK(has(none.err, "no such entry in stint:{default}:rejected: nobody"));
  CHECK(stint({"rejected", "delete", "nobody"}).out.empty());
  CHECK(stint({"rejected", "delete", "b", "c", "--limit", "1"}).code == 0);
  CHECK(stint({"rejected", "delete", "--error", "other", "--yes", "--json"}).out ==
        "{\"matched\":0,\"done\":0}\n");
  CHECK(stint.server.command({"LLEN", "stint:{default}:rejected"}) == "1");
}
