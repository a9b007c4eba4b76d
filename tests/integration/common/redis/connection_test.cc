#include "common/redis/connection.h"

#include <signal.h>

#include <optional>

#include <catch2/catch.hpp>

#include "tests/integration/common/redis/echo_script.h"
#include "tests/support/eventually.h"
#include "tests/support/loop.h"
#include "tests/support/redis_server.h"

using namespace stint;
using redis::Connection;
using redis::plain;
using redis::ReplyView;
using test::kEcho;
using test::kSoon;
using test::Loop;
using test::RedisServer;

namespace {

// A connection and what was heard from it.
struct Probe {
  Loop loop;
  int ready = 0;
  std::vector<Error> downs;
  redis::ServerInfo server;
  std::optional<Connection> connection;

  explicit Probe(redis::Url url, milliseconds command_timeout = milliseconds{10'000}) {
    Connection::Options options;
    options.url = std::move(url);
    options.name = "probe";
    options.command_timeout = command_timeout;
    options.connect_timeout = kSoon;
    options.max_backoff = milliseconds{100};
    Connection::Listener listener{[this](const redis::ServerInfo& info) {
                                    ++ready;
                                    server = info;
                                  },
                                  [this](const Error& error) { downs.push_back(error); }};
    connection.emplace(loop.get(), options, listener);
  }
  bool until_ready(int times = 1) {
    return loop.run_until(kSoon, [&] { return ready >= times; });
  }
  // The reply's text, or "CODE message".
  std::string ask(redis::Command command) {
    std::optional<std::string> answer;
    connection->run(std::move(command), [&](Result<ReplyView> reply) {
      answer = reply                                           ? std::string(reply->str())
               : reply.error().code == ErrorCode::kUnavailable ? "unavailable"
                                                               : reply.error().message;
    });
    CHECK_FALSE(answer);
    REQUIRE(loop.run_until(test::kLong, [&] { return answer.has_value(); }));
    return *answer;
  }
};

}  // namespace

TEST_CASE("connection: ready says which server it is, and who we are is on its list") {
  RedisServer server;
  Probe probe(server.url());
  probe.connection->open();
  REQUIRE(probe.until_ready());
  CHECK(probe.server.run_id.size() == 40);
  CHECK(probe.server.version[0] >= '7');
  CHECK(probe.ask(plain({"CLIENT", "GETNAME"})) == "probe");
  CHECK(probe.ask(plain({"GET", "none"})).empty());
  CHECK(probe.ask(plain({"NOSUCH"})).starts_with("ERR unknown command"));
  CHECK(probe.downs.empty());
}

TEST_CASE("connection: over TCP, by name, with user, password and database") {
  test::RedisOptions options;
  options.tcp = true;
  options.user = "app";
  options.password = "secret";
  RedisServer server(options);
  auto url = server.url();
  url.host = "localhost";
  url.db = 3;
  Probe probe(url);
  probe.connection->open();
  REQUIRE(probe.until_ready());
  CHECK(probe.ask(plain({"CLIENT", "INFO"})).find(" db=3 ") != std::string::npos);
}

TEST_CASE("connection: refused TCP is said once and tried again until it works") {
  test::RedisOptions options;
  options.tcp = true;
  RedisServer server(options);
  server.kill9();
  Probe probe(server.url());
  probe.connection->open();
  REQUIRE(probe.loop.run_until(kSoon, [&] { return !probe.downs.empty(); }));
  CHECK(probe.downs[0].message == server.url().display() + ": Connection refused");
  CHECK(probe.ask(plain({"PING"})) == "unavailable");
  server.restart();
  REQUIRE(probe.until_ready());
  CHECK(probe.downs.size() == 1);
}

TEST_CASE("connection: a wrong password is a matter of configuration, and is not printed") {
  test::RedisOptions options;
  options.password = "secret";
  RedisServer server(options);
  auto url = server.url();
  url.password = "guess";
  Probe probe(url);
  probe.connection->open();
  REQUIRE(probe.loop.run_until(kSoon, [&] { return !probe.downs.empty(); }));
  CHECK(probe.downs[0].code == ErrorCode::kConfig);
  CHECK(probe.downs[0].message.find("WRONGPASS") != std::string::npos);
  CHECK(probe.downs[0].message.find("guess") == std::string::npos);
}

TEST_CASE("connection: a killed Redis is one outage, and after it another run id") {
  RedisServer server;
  Probe probe(server.url());
  probe.connection->open();
  REQUIRE(probe.until_ready());
  auto first = probe.server.run_id;
  server.kill9();
  REQUIRE(probe.loop.run_until(kSoon, [&] { return !probe.downs.empty(); }));
  for (int i = 0; i < 5; ++i) {
    CHECK(probe.ask(plain({"PING"})) == "unavailable");
  }
  server.restart();
  REQUIRE(probe.until_ready(2));
  CHECK(probe.server.run_id != first);
  CHECK(probe.downs.size() == 1);
  CHECK(probe.ask(plain({"PING"})) == "PONG");
}

TEST_CASE("connection: a Redis that hangs ends every command in flight at its deadline") {
  RedisServer server;
  Probe probe(server.url(), milliseconds{300});
  probe.connection->open();
  REQUIRE(probe.until_ready());
  server.signal(SIGSTOP);
  int unavailable = 0;
  for (int i = 0; i < 10; ++i) {
    probe.connection->run(plain({"PING"}), [&](Result<ReplyView> reply) {
      unavailable += !reply && reply.error().code == ErrorCode::kUnavailable ? 1 : 0;
    });
  }
  REQUIRE(probe.loop.run_until(kSoon, [&] { return unavailable == 10; }));
  CHECK(probe.downs.size() == 1);
  server.signal(SIGCONT);
  REQUIRE(probe.until_ready(2));
}

TEST_CASE("connection: a blocking command may take longer than others") {
  RedisServer server;
  Probe probe(server.url(), milliseconds{100});
  probe.connection->open();
  REQUIRE(probe.until_ready());
  std::optional<bool> nil;
  probe.connection->run(
      plain({"BLMOVE", "a", "b", "RIGHT", "LEFT", "0.4"}),
      [&](Result<ReplyView> reply) { nil = reply && reply->is_nil(); }, milliseconds{10'000});
  REQUIRE(probe.loop.run_until(kSoon, [&] { return nil.has_value(); }));
  CHECK(*nil);
  CHECK(probe.downs.empty());
}

TEST_CASE("connection: deadlines that passed while we did not run are not held against Redis") {
  RedisServer server;
  Probe probe(server.url(), milliseconds{1'000});
  probe.connection->open();
  REQUIRE(probe.until_ready());
  std::optional<bool> ok;
  probe.connection->run(plain({"ECHO", "a"}), [&](Result<ReplyView> reply) { ok = reply.ok(); });
  uv_run(probe.loop.get(), UV_RUN_NOWAIT);  // it is sent
  MonoTime later = now_mono() + milliseconds{1'400};
  REQUIRE(test::eventually(kSoon, [&] {  // and answered, while this loop stands still
    return now_mono() > later &&
           server.command({"INFO", "commandstats"}).find("cmdstat_echo") != std::string::npos;
  }));
  REQUIRE(probe.loop.run_until(kSoon, [&] { return ok.has_value(); }));
  CHECK(*ok);
  CHECK(probe.downs.empty());
}

TEST_CASE("connection: scripts survive SCRIPT FLUSH at any moment") {
  RedisServer server;
  Probe probe(server.url());
  probe.connection->open();
  REQUIRE(probe.until_ready());
  int right = 0;
  for (int i = 0; i < 300; ++i) {
    auto text = std::to_string(i);
    probe.connection->run(redis::call(kEcho, "k", {text}), [&right, text](Result<ReplyView> reply) {
      right += reply && reply->str() == text ? 1 : 0;
    });
    if (i % 50 == 0) {
      probe.connection->run(plain({"SCRIPT", "FLUSH"}), [](Result<ReplyView>) {});
    }
  }
  REQUIRE(probe.loop.run_until(kSoon, [&] { return right == 300; }));
}

TEST_CASE("connection: 20 MB go there and come back") {
  RedisServer server;
  Probe probe(server.url(), test::kLong);
  probe.connection->open();
  REQUIRE(probe.until_ready());
  std::string big(20'000'000, 'x');
  CHECK(probe.ask(plain({"SET", "big", big})) == "OK");
  const std::string found = probe.ask(plain({"GET", "big"}));
  CHECK(found.substr(0, 50) == big.substr(0, 50));
  CHECK((found == big));  // Catch would fold both for minutes
}

TEST_CASE("connection: a Redis that is demoted counts as gone") {
  RedisServer server;
  Probe probe(server.url());
  probe.connection->open();
  REQUIRE(probe.until_ready());
  server.command({"REPLICAOF", "127.0.0.1", "1"});
  CHECK(probe.ask(plain({"SET", "k", "v"})).starts_with("READONLY"));
  REQUIRE(probe.loop.run_until(kSoon, [&] { return !probe.downs.empty(); }));
  server.command({"REPLICAOF", "NO", "ONE"});
  REQUIRE(probe.until_ready(2));
  CHECK(probe.downs.size() == 1);
}

TEST_CASE(
    "connection: close ends what is in flight, later and as unavailable, and open starts anew") {
  RedisServer server;
  Probe probe(server.url());
  probe.connection->open();
  REQUIRE(probe.until_ready());
  int ended = 0;
  probe.connection->run(plain({"PING"}), [&](Result<ReplyView> reply) { ended += !reply; });
  probe.connection->close();
  CHECK(ended == 0);
  REQUIRE(probe.loop.run_until(kSoon, [&] { return ended == 1; }));
  CHECK(probe.downs.empty());
  probe.connection->open();
  REQUIRE(probe.until_ready(2));
}

TEST_CASE("connection: may be destroyed inside any of its callbacks, and is silent then") {
  RedisServer server;
  SECTION("a reply") {
    Probe probe(server.url());
    probe.connection->open();
    REQUIRE(probe.until_ready());
    int called = 0;
    for (int i = 0; i < 3; ++i) {
      probe.connection->run(plain({"PING"}), [&](Result<ReplyView>) {
        ++called;
        probe.connection.reset();
      });
    }
    REQUIRE(probe.loop.run_until(kSoon, [&] { return called > 0; }));
    CHECK(called == 1);
  }
  SECTION("an outage, with commands in flight") {
    Loop loop;
    std::optional<Connection> connection;
    Connection::Options options;
    options.url = server.url();
    bool ready = false;
    bool down = false;
    int ended = 0;
    connection.emplace(loop.get(), options,
                       Connection::Listener{[&](const redis::ServerInfo&) { ready = true; },
                                            [&](const Error&) {
                                              down = true;
                                              connection.reset();
                                            }});
    connection->open();
    REQUIRE(loop.run_until(kSoon, [&] { return ready; }));
    connection->run(plain({"BLPOP", "none", "0"}), [&](Result<ReplyView>) { ++ended; });
    uv_run(loop.get(), UV_RUN_NOWAIT);
    server.kill9();
    REQUIRE(loop.run_until(kSoon, [&] { return down; }));
    CHECK(ended == 0);
  }
  SECTION("while it connects, to an address and by a name") {
    for (std::string host : {"127.0.0.1", "localhost"}) {
      redis::Url url;
      url.host = host;
      url.port = 1;
      Probe probe(url);
      probe.connection->open();
      uv_run(probe.loop.get(), UV_RUN_NOWAIT);
      probe.connection.reset();
    }
  }
}

TEST_CASE("connection: a subscriber hears messages, also after an outage") {
  RedisServer server;
  Probe probe(server.url(), milliseconds{200});
  std::vector<std::string> heard;
  probe.connection->subscribe({"a", "b"}, [&](std::string_view channel, std::string_view message) {
    heard.push_back(std::string(channel) + ":" + std::string(message));
  });
  probe.connection->open();
  REQUIRE(probe.until_ready());
  server.command({"PUBLISH", "a", "1"});
  server.command({"PUBLISH", "b", "2"});
  REQUIRE(probe.loop.run_until(kSoon, [&] { return heard.size() == 2; }));
  server.restart();
  REQUIRE(probe.until_ready(2));
  server.command({"PUBLISH", "a", "3"});
  REQUIRE(probe.loop.run_until(kSoon, [&] { return heard.size() == 3; }));
  CHECK(heard == std::vector<std::string>{"a:1", "b:2", "a:3"});

  // A peer that is gone without a word is noticed though nothing was asked of it.
  server.signal(SIGSTOP);
  REQUIRE(probe.loop.run_until(kSoon, [&] { return probe.downs.size() == 2; }));
  server.signal(SIGCONT);
  REQUIRE(probe.until_ready(3));
}
