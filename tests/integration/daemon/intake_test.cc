#include "daemon/intake.h"

#include <catch2/catch.hpp>

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
  void open() {
    intake = std::make_unique<Intake>(loop.get(), keys,
                                      Intake::Options{server.url(), keys("inbox"), 100});
  }
  bool until_empty() {
    return loop.run_until(milliseconds(10'000), [&] {
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
  REQUIRE_FALSE(inbox.loop.run_until(milliseconds(200), [] { return false; }));
  inbox.push(R"({"type":"t","id":"a"})");
  MonoTime before = now_mono();
  REQUIRE(inbox.until_empty());
  CHECK(now_mono() - before < milliseconds(1'000));
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
