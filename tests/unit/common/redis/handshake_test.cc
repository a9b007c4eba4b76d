#include "common/redis/handshake.h"

#include <catch2/catch.hpp>

#include "common/redis/backoff.h"

using namespace stint;
using namespace stint::redis;

namespace {

std::optional<ErrorCode> judged(Greeting what, const std::string& error) {
  auto wrong = judge_greeting(what, Error{ErrorCode::kRefused, error});
  return wrong ? std::optional(wrong->code) : std::nullopt;
}

}  // namespace

TEST_CASE(
    "greeting: credentials and the database are a matter of configuration, the rest is tried "
    "again") {
  CHECK(judged(Greeting::kAuth, "WRONGPASS invalid") == ErrorCode::kConfig);
  CHECK(judged(Greeting::kPing, "NOAUTH Authentication required.") == ErrorCode::kConfig);
  CHECK(judged(Greeting::kSelect, "ERR DB index is out of range") == ErrorCode::kConfig);
  CHECK(judged(Greeting::kPing, "LOADING Redis is loading") == ErrorCode::kUnavailable);
  CHECK(judged(Greeting::kAuth, "ERR max number of clients reached") == ErrorCode::kUnavailable);
  CHECK_FALSE(judged(Greeting::kInfoServer, "NOPERM no permissions"));
}

TEST_CASE("greeting: a refused login says how a password is given, other refusals do not") {
  auto said = [](const std::string& error) {
    auto wrong = judge_greeting(Greeting::kPing, Error{ErrorCode::kRefused, error});
    return wrong && wrong->message.find("redis.password_file") != std::string::npos;
  };
  CHECK(said("NOAUTH Authentication required."));
  CHECK(said("WRONGPASS invalid username-password pair or user is disabled."));
  CHECK_FALSE(said("LOADING Redis is loading"));
}

TEST_CASE("greeting: user and password go first, then PING, which says whether Redis is fit") {
  Url url;
  url.user = "u";
  url.password = "p";
  url.db = 2;
  auto steps = greeting(url, "me", true);
  REQUIRE(steps.size() == 6);
  CHECK(steps[0].command.args == std::vector<std::string>{"AUTH", "u", "p"});
  CHECK(steps[1].what == Greeting::kPing);
  CHECK(steps[2].command.args == std::vector<std::string>{"SELECT", "2"});
  CHECK(greeting({}, "", false).size() == 1);
}

TEST_CASE(
    "backoff: doubles up to the longest, drawn from the upper half, and begins again when well") {
  redis::Backoff backoff(milliseconds{50}, milliseconds{300});
  for (int base : {50, 100, 200, 300, 300}) {
    auto pause = backoff.next();
    CHECK(pause >= milliseconds{base / 2});
    CHECK(pause <= milliseconds{base});
  }
  backoff.reset();
  CHECK(backoff.next() <= milliseconds{50});
}
