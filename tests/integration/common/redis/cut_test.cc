// Replies and requests cut at every byte: each command ends exactly once, and is never told as done
// when it was not.
#include <map>
#include <optional>

#include <catch2/catch.hpp>

#include "common/redis/client.h"
#include "common/redis/connection.h"
#include "tests/support/cut_proxy.h"
#include "tests/support/eventually.h"
#include "tests/support/loop.h"
#include "tests/support/redis_server.h"

using namespace stint;
using redis::plain;
using test::kSoon;

namespace {

constexpr int kCommands = 6;

struct CutRun {
  test::Loop loop;
  int ready = 0;
  int down = 0;
  std::map<int, int> ended;  // command -> how often
  std::map<int, std::string> values;
  std::optional<redis::Connection> connection;

  CutRun(const redis::Url& url, milliseconds command_timeout) {
    redis::Connection::Options options;
    options.url = url;
    options.command_timeout = command_timeout;
    options.max_backoff = milliseconds{50};
    connection.emplace(loop.get(), options,
                       redis::Connection::Listener{[this](const redis::ServerInfo&) { ++ready; },
                                                   [this](const Error&) { ++down; }});
    connection->open();
    REQUIRE(loop.run_until(kSoon, [&] { return ready == 1; }));
  }
  void ask_all() {
    for (int i = 0; i < kCommands; ++i) {
      connection->run(plain({"RPUSH", "l", std::to_string(i)}),
                      [this, i](Result<redis::ReplyView> reply) {
                        ++ended[i];
                        values[i] = reply ? std::to_string(reply->integer()) : "";
                      });
    }
    REQUIRE(loop.run_until(kSoon, [&] { return ended.size() == size_t{kCommands}; }));
  }
};

}  // namespace

TEST_CASE("connection: cut at any byte of the replies, every command ends once, in order") {
  test::RedisServer server;
  for (int64_t cut = 0; cut <= 4 * kCommands; ++cut) {  // ":1\r\n" a command
    server.command({"DEL", "l"});
    test::CutProxy proxy(server.socket());
    CutRun run(proxy.url(), milliseconds{10'000});
    proxy.cut_after_reply_bytes(cut);
    run.ask_all();
    for (int i = 0; i < kCommands; ++i) {
      INFO("cut " << cut << " command " << i);
      CHECK(run.ended[i] == 1);
      CHECK(run.values[i] == (4 * (i + 1) <= cut ? std::to_string(i + 1) : ""));
    }
    REQUIRE(run.loop.run_until(kSoon, [&] { return run.ready == 2; }));
    CHECK(run.down == 1);
    CHECK(server.command({"LLEN", "l"}) == std::to_string(kCommands));
  }
}

TEST_CASE("connection: cut at any byte of the requests, what Redis got is what it did") {
  test::RedisServer server;
  constexpr int64_t kRequest = 29;  // *3 $5 RPUSH $1 l $1 N
  for (int64_t cut = 0; cut <= kRequest * kCommands; cut += 3) {
    server.command({"DEL", "l"});
    test::CutProxy proxy(server.socket());
    CutRun run(proxy.url(), milliseconds{10'000});
    proxy.cut_after_request_bytes(cut);
    run.ask_all();
    REQUIRE(run.loop.run_until(kSoon, [&] { return run.ready == 2; }));
    auto done = std::stoll(server.command({"LLEN", "l"}));
    CHECK(done == cut / kRequest);
    for (int i = 0; i < kCommands; ++i) {
      CHECK(run.ended[i] == 1);
      CHECK((run.values[i].empty() || i < done));
    }
  }
}

TEST_CASE("connection: half open, replies that never come end at the deadline") {
  test::RedisServer server;
  test::CutProxy proxy(server.socket());
  CutRun run(proxy.url(), milliseconds{200});
  proxy.swallow_replies(true);
  run.ask_all();
  CHECK(run.down == 1);
  proxy.swallow_replies(false);
  REQUIRE(run.loop.run_until(kSoon, [&] { return run.ready == 2; }));
  CHECK(server.command({"LLEN", "l"}) == std::to_string(kCommands));
}

TEST_CASE("client: cut at any byte of a pipeline's replies, none is given to the wrong command") {
  test::RedisServer server;
  for (int64_t cut = 0; cut <= 4 * kCommands; ++cut) {
    server.command({"DEL", "l"});
    test::CutProxy proxy(server.socket());
    auto client = redis::Client::connect(proxy.url(), kSoon, "cut");
    REQUIRE(client);
    proxy.cut_after_reply_bytes(cut);
    std::vector<redis::Command> commands;
    for (int i = 0; i < kCommands; ++i) {
      commands.push_back(plain({"RPUSH", "l", std::to_string(i)}));
    }
    auto replies = client->run_all(commands);
    for (int i = 0; i < kCommands; ++i) {
      auto& reply = replies[static_cast<size_t>(i)];
      CHECK(reply.ok() == (4 * (i + 1) <= cut));
      CHECK((!reply || reply->view().integer() == i + 1));
    }
    CHECK_FALSE(client->run(plain({"PING"})));
  }
}
