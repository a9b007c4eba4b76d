#include "common/redis/client.h"

#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/integration/common/redis/echo_script.h"
#include "tests/support/redis_server.h"

using namespace stint;
using redis::Client;
using redis::plain;
using test::kEcho;
using test::RedisServer;

namespace {

constexpr milliseconds kTimeout{5000};

}  // namespace

TEST_CASE("client: replies of every kind come back") {
  RedisServer server;
  auto client = server.client();
  CHECK(client.run(plain({"SET", "k", std::string("a\0b", 3)}))->view().str() == "OK");
  CHECK(client.run(plain({"GET", "k"}))->view().str() == std::string_view("a\0b", 3));
  CHECK(client.run(plain({"GET", "none"}))->view().is_nil());
  CHECK(client.run(plain({"RPUSH", "l", "1", "2"}))->view().integer() == 2);
  auto list = client.run(plain({"LRANGE", "l", "0", "-1"}));
  REQUIRE(list->view().size() == 2);
  CHECK(list->view()[1].integer() == 2);
  auto refused = client.run(plain({"LPUSH", "k", "x"}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kRefused);
  CHECK(refused.error().message.starts_with("WRONGTYPE"));
}

TEST_CASE("client: a script that Redis does not know is run by its text, also in a pipeline") {
  RedisServer server;
  auto client = server.client();
  std::vector<redis::Command> commands;
  for (int i = 0; i < 10; ++i) {
    commands.push_back(i % 3 == 0 ? plain({"PING", std::to_string(i)})
                                  : redis::call(kEcho, "k", {std::to_string(i)}));
  }
  for (int round = 0; round < 2; ++round) {
    auto replies = client.run_all(commands);
    REQUIRE(replies.size() == commands.size());
    for (size_t i = 0; i < replies.size(); ++i) {
      REQUIRE(replies[i]);
      CHECK(replies[i]->view().str() == std::to_string(i));
    }
  }
  // The second round found the script: only the first one's calls were sent as text.
  CHECK(server.command({"INFO", "commandstats"}).find("cmdstat_eval:calls=6") != std::string::npos);
}

TEST_CASE("client: a pipeline that goes on gives each command its own reply") {
  RedisServer server;
  auto client = server.client();
  constexpr int kUnderWay = 5;
  for (int i = 0; i < 100 + kUnderWay; ++i) {
    if (i >= kUnderWay) {
      auto reply = client.end("PING");
      REQUIRE(reply);
      CHECK((*reply)->view().str() == std::to_string(i - kUnderWay));
    }
    if (i < 100) {
      client.begin(plain({"PING", std::to_string(i)}));
    }
  }
  client.begin(redis::call(kEcho, "k", {"a"}));
  auto unknown = client.end("echo");
  REQUIRE(unknown);
  CHECK(*unknown == nullptr);
  client.begin(plain({"INCRBY", "k", "x"}));
  auto refused = client.end("INCRBY");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kRefused);
}

TEST_CASE("client: a reply that nobody awaited is not taken for another's") {
  RedisServer server;
  auto client = server.client();
  client.begin(plain({"PING", "first"}));
  auto second = client.run(plain({"PING", "second"}));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::kUnavailable);
  auto first = client.end("PING");
  REQUIRE_FALSE(first);
  CHECK(first.error().code == ErrorCode::kUnavailable);
}

TEST_CASE("client: packed arguments come behind the others") {
  RedisServer server;
  auto client = server.client();
  auto command = plain({"RPUSH", "l", "a"});
  command.packed.add("");
  command.packed.add(std::string("b\r\n\0c", 5));
  CHECK(client.run(command)->view().integer() == 3);
  CHECK(client.run(plain({"LINDEX", "l", "1"}))->view().str().empty());
  CHECK(client.run(plain({"LINDEX", "l", "2"}))->view().str() == std::string_view("b\r\n\0c", 5));
}

TEST_CASE("client: 10 MB come back whole") {
  RedisServer server;
  auto client = server.client();
  std::string big(10'000'000, 'x');
  REQUIRE(client.run(plain({"SET", "big", big})));
  CHECK(client.run(plain({"GET", "big"}))->view().str() == big);
}

TEST_CASE("client: who cannot be reached is named, with the cause, without the password") {
  auto url = redis::parse_url("redis://u:secret@127.0.0.1:1");
  auto client = Client::connect(*url, kTimeout, "test");
  REQUIRE_FALSE(client);
  CHECK(client.error().code == ErrorCode::kUnavailable);
  CHECK(client.error().message == "redis://u@127.0.0.1:1: Connection refused");
}

TEST_CASE("client: wrong and missing passwords are a matter of configuration") {
  for (std::string user : {"", "app"}) {
    test::RedisOptions options;
    options.user = user;
    options.password = "secret";
    RedisServer server(options);
    CHECK(server.command({"PING"}) == "PONG");
    auto url = server.url();
    url.password = "guess";
    auto wrong = Client::connect(url, kTimeout, "test");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::kConfig);
    CHECK(wrong.error().message.find("guess") == std::string::npos);
    url.user = url.password = "";
    auto missing = Client::connect(url, kTimeout, "test");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::kConfig);
  }
}

TEST_CASE("client: a Redis that hangs is given up at the deadline") {
  RedisServer server;
  server.signal(SIGSTOP);
  MonoTime start = now_mono();
  auto client = Client::connect(server.url(), milliseconds{200}, "test");
  REQUIRE_FALSE(client);
  CHECK(client.error().message.find("does not answer") != std::string::npos);
  CHECK(now_mono() - start < kTimeout);
  server.signal(SIGCONT);
}

TEST_CASE("client: dead after an error, and never a reply of before") {
  RedisServer server;
  auto client = server.client();
  REQUIRE(client.run(plain({"PING"})));
  server.kill9();
  server.restart();
  for (int i = 0; i < 3; ++i) {
    auto reply = client.run(plain({"PING"}));
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == ErrorCode::kUnavailable);
  }
}
