#include "daemon/intake.h"

#include <catch2/catch.hpp>

#include "tests/support/best_of.h"
#include "tests/support/cut_proxy.h"
#include "tests/support/loop.h"
#include "tests/support/redis_server.h"

using namespace stint;

namespace {

struct Inbox {
  test::RedisServer server;
  test::Loop loop;
  Keys keys{"stint", "default"};
  std::unique_ptr<Intake> intake;

  void push(const std::string& entry) { server.command({"LPUSH", keys("inbox"), entry}); }
  void push(int n, const std::string& more = "") {
    for (int i = 0; i < n; ++i) {
      push(R"({"task":"t","id":"j)" + std::to_string(i) + '"' + more + '}');
    }
  }
  void open() { open(server.url()); }
  void open(const redis::Url& url) {
    intake = std::make_unique<Intake>(loop.get(), keys, Intake::Options{url, keys("inbox"), 100});
  }
  // j0 j1 ... without those of which none is known.
  bool took(int n, const std::string& refused = "") {
    std::string expected;
    for (int i = n; i-- > 0;) {
      const std::string id = "j" + std::to_string(i);
      expected += id == refused ? "" : (expected.empty() ? "" : " ") + id;
    }
    return server.command({"LRANGE", keys("pending"), "0", "-1"}) == expected &&
           server.command({"HLEN", keys("jobs")}) == std::to_string(refused.empty() ? n : n - 1);
  }
  bool until_empty() {
    return loop.run_until(test::kLong, [&] {
      return server.command({"LLEN", keys("inbox")}) == "0";
    });
  }
};

}  // namespace

TEST_CASE(
    "intake: jobs are taken in the order in which they were pushed, their bytes as they were") {
  Inbox inbox;
  for (int i = 0; i < 250; ++i) {
    inbox.push(R"({"task":"t","id":"j)" + std::to_string(i) +
               R"(","params":{"a":[], "n":9223372036854775807}})");
  }
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.server.command({"LLEN", inbox.keys("pending")}) == "250");
  CHECK(inbox.server.command({"LINDEX", inbox.keys("pending"), "-1"}) == "j0");
  CHECK(inbox.server.command({"LINDEX", inbox.keys("pending"), "0"}) == "j249");
  CHECK(inbox.server.command({"HGET", inbox.keys("jobs"), "j0"})
            .ends_with(R"({"a":[], "n":9223372036854775807})"));
  inbox.intake.reset();
}

TEST_CASE("intake: an entry that comes while it waits is taken at once") {
  Inbox inbox;
  inbox.open();
  int number = 0;
  auto taken = [&] {
    REQUIRE(inbox.loop.run_until(test::kSoon, [&] {  // it waits in BLMOVE
      return inbox.server.command({"INFO", "clients"}).find("blocked_clients:1") !=
             std::string::npos;
    }));
    inbox.push(R"({"type":"t","id":"a)" + std::to_string(++number) + "\"}");
    return test::time_of([&] { REQUIRE(inbox.until_empty()); });
  };
  // One that is not woken needs the two seconds of its wait.
  CHECK(test::best_of(5, milliseconds(1'000), taken) < milliseconds(1'000));
  inbox.intake.reset();
}

TEST_CASE(
    "intake: garbage goes to rejected with its reason, the good entries around it are accepted") {
  Inbox inbox;
  for (const char* entry :
       {R"({"task":"t","id":"a"})", "{garbage", R"({"task":"t","id":"b","oops":1})", "\xff\x00",
        R"({"task":"t","id":"c"})"}) {
    inbox.push(entry);
  }
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.server.command({"LRANGE", inbox.keys("pending"), "0", "-1"}) == "c a");
  CHECK(inbox.server.command({"LLEN", inbox.keys("rejected")}) == "3");
  CHECK(inbox.server.command({"HGET", inbox.keys("outcomes"), "b"}).find("rejected") !=
        std::string::npos);
  inbox.intake.reset();
}

TEST_CASE("intake: a known id with other content is refused and does not hold up the rest") {
  Inbox inbox;
  inbox.push(R"({"task":"t","id":"a","params":1})");
  inbox.push(R"({"task":"t","id":"a","params":1})");
  inbox.push(R"({"task":"t","id":"a","params":2})");
  inbox.push(R"({"task":"t","id":"b"})");
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.server.command({"LRANGE", inbox.keys("pending"), "0", "-1"}) == "b a");
  CHECK(inbox.server.command({"LLEN", inbox.keys("rejected")}) == "1");
  inbox.intake.reset();
}

TEST_CASE("intake: what was read ahead is taken as it was read, and not asked for again") {
  Inbox inbox;
  inbox.push(700);
  inbox.server.command({"CONFIG", "RESETSTAT"});
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.took(700));
  const std::string stats = inbox.server.command({"INFO", "commandstats"});
  CHECK(stats.find("cmdstat_ltrim:calls=7,") != std::string::npos);
  const std::string scripts = stats.substr(stats.find("cmdstat_evalsha:calls="));
  CHECK(std::stoi(scripts.substr(scripts.find('=') + 1)) <= 16);  // 7 of intake, one more of peek
  inbox.intake.reset();
}

TEST_CASE("intake: a conflict among entries that were read ahead holds up none of them") {
  Inbox inbox;
  inbox.push(R"({"task":"t","id":"j200","params":1})");
  inbox.open();
  REQUIRE(inbox.until_empty());
  inbox.intake.reset();
  inbox.server.command({"LPOP", inbox.keys("pending")});
  inbox.push(400);
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.server.command({"LLEN", inbox.keys("rejected")}) == "1");
  inbox.server.command({"HDEL", inbox.keys("jobs"), "j200"});
  CHECK(inbox.took(400, "j200"));
  inbox.intake.reset();
}

TEST_CASE("intake: entries larger than what a call carries are taken one by one, in their order") {
  Inbox inbox;
  inbox.push(6, R"(,"params":")" + std::string(700'000, 'x') + '"');
  for (int i = 6; i < 40; ++i) {
    inbox.push(R"({"task":"t","id":"j)" + std::to_string(i) + "\"}");
  }
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.took(40));
  inbox.intake.reset();
}

TEST_CASE("intake: a call has no more than a batch, however large the entries behind small ones") {
  Inbox inbox;
  inbox.push(150);
  const std::string params = R"(","params":")" + std::string(900'000, 'x') + R"("})";
  for (int i = 0; i < 60; ++i) {
    inbox.push(R"({"task":"t","id":"large-)" + std::to_string(i) + params);
  }
  inbox.server.command({"CONFIG", "RESETSTAT"});
  inbox.open();
  REQUIRE(inbox.until_empty());
  const std::string stats = inbox.server.command({"INFO", "all"});
  auto number = [&stats](const std::string& field) {
    return std::stoll(stats.substr(stats.find(field) + field.size()));
  };
  CHECK(number("cmdstat_ltrim:calls=") >= 61);
  // Each is read once; a few go a second time to who waited, or at the first of a batch.
  CHECK(number("total_net_output_bytes:") < 70'000'000);
  CHECK(number("client_recent_max_output_buffer:") < 2'500'000);
  inbox.intake.reset();
}

TEST_CASE(
    "intake: of an entry that is larger than a job may be only the beginning is read and kept") {
  Inbox inbox;
  const std::string large(3'000'000, 'x');
  inbox.push(R"({"task":"t","id":"j0"})");
  inbox.push(R"({"id":"large","task":"t","params":")" + large + R"("})");
  inbox.push(R"({"id":"larger","task":"t","params":")" + large + large + R"("})");
  inbox.push(R"({"task":"t","id":"j1"})");
  inbox.server.command({"CONFIG", "RESETSTAT"});
  inbox.open();
  REQUIRE(inbox.until_empty());
  CHECK(inbox.took(2));
  CHECK(inbox.server.command({"LLEN", inbox.keys("rejected")}) == "2");
  CHECK(inbox.server.command({"LINDEX", inbox.keys("rejected"), "0"}).size() < 70'000);
  for (const std::string id : {"large", "larger"}) {
    const std::string outcome = inbox.server.command({"HGET", inbox.keys("outcomes"), id});
    CHECK(outcome.find("too large: " + std::string(id == "large" ? "3" : "6") + "0000") !=
          std::string::npos);
  }
  const std::string stats = inbox.server.command({"INFO", "stats"});
  const std::string sent = "total_net_output_bytes:";
  CHECK(std::stoll(stats.substr(stats.find(sent) + sent.size())) < 1'000'000);
  inbox.intake.reset();
}

TEST_CASE("intake: a connection that breaks again and again loses no entry and doubles none") {
  Inbox inbox;
  inbox.push(1500);
  test::CutProxy proxy(inbox.server.socket());
  proxy.cut_after_reply_bytes(9'000);
  inbox.open(proxy.url());
  int cuts = 0;
  REQUIRE(inbox.loop.run_until(test::kLong, [&] {
    if (proxy.cuts() > cuts && cuts < 6) {
      cuts = proxy.cuts();
      (cuts % 2 ? proxy.cut_after_request_bytes(25'000 + 7'000 * cuts)
                : proxy.cut_after_reply_bytes(9'000 + 4'000 * cuts));
    }
    return inbox.server.command({"LLEN", inbox.keys("inbox")}) == "0";
  }));
  CHECK(cuts > 2);
  CHECK(inbox.took(1500));
  inbox.intake.reset();
}

TEST_CASE("intake: refused, with the next call answered after the pause, it tries again") {
  Inbox inbox;
  inbox.server.command({"SET", inbox.keys("rejected"), "of another type"});
  inbox.push(100);
  inbox.push("no job");  // so the second call is refused, and the third finds another tail
  for (int i = 100; i < 400; ++i) {
    inbox.push(R"({"task":"t","id":"j)" + std::to_string(i) + "\"}");
  }
  test::CutProxy proxy(inbox.server.socket());
  proxy.stall_behind("WRONGTYPE", milliseconds(1'500));
  inbox.open(proxy.url());
  REQUIRE(inbox.until_empty());
  CHECK(inbox.took(400));
  CHECK(inbox.server.command({"LLEN", inbox.keys("rejected")}) == "1");
  inbox.intake.reset();
}

TEST_CASE("intake: a script that is gone in the middle loses no entry and doubles none") {
  Inbox inbox;
  inbox.push(3'000);
  inbox.open();
  REQUIRE(inbox.loop.run_until(test::kLong, [&] {
    inbox.server.command({"SCRIPT", "FLUSH"});
    return inbox.server.command({"LLEN", inbox.keys("inbox")}) == "0";
  }));
  CHECK(inbox.took(3'000));
  inbox.intake.reset();
}

TEST_CASE("intake: two daemons neither lose nor double an entry") {
  Inbox inbox;
  for (int i = 0; i < 400; ++i) {
    inbox.push(R"({"task":"t","id":"j)" + std::to_string(i) + "\"}");
  }
  inbox.open();
  Intake other(inbox.loop.get(), inbox.keys, {inbox.server.url(), inbox.keys("inbox"), 100});
  REQUIRE(inbox.until_empty());
  CHECK(inbox.server.command({"LLEN", inbox.keys("pending")}) == "400");
  CHECK(inbox.server.command({"HLEN", inbox.keys("jobs")}) == "400");
  inbox.intake.reset();
}
