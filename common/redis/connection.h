// A connection of a daemon or worker: asynchronous, on its libuv loop, kept alive for ever.
// Owned and called by the loop's thread only; callbacks run there, never from inside run().
// Invariants: every command has a deadline (hiredis has none of its own). A command that has no
// reply by then closes the connection, since replies come in order; all commands in flight then end
// as kUnavailable: they may have been done or not. Nothing is sent again by this class, except EVAL
// after NOSCRIPT, which was surely not done.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"
#include "common/redis/url.h"

struct uv_loop_s;

namespace stint::redis {

struct ServerInfo {
  std::string run_id;   // changes when the server restarts or fails over
  std::string version;  // "7.0.15"
};

class Connection {
 public:
  struct Options {
    Url url;
    std::string name;  // CLIENT SETNAME, for the operator's CLIENT LIST
    milliseconds connect_timeout{5000};
    milliseconds command_timeout{10000};
    milliseconds max_backoff{2000};  // between tries; starts at 50 ms, with jitter
  };
  struct Listener {
    std::function<void(const ServerInfo&)> on_ready;  // connected, authenticated, asked INFO server
    std::function<void(const Error&)>
        on_down;  // once an outage, at its start; also for the first try
  };
  using Done = std::function<void(Result<ReplyView>)>;

  Connection(uv_loop_s* loop, Options options, Listener listener);
  ~Connection();  // closes at once; callbacks of commands in flight are not run
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void open();   // begins to connect, and connects again for ever
  void close();  // ends that; commands in flight end as kUnavailable
  bool ready() const;

  // While not ready(): done gets kUnavailable on the next turn of the loop, and nothing was sent.
  // An error reply becomes kRefused with Redis' text. timeout 0 = command_timeout.
  void run(Command command, Done done, milliseconds timeout = milliseconds{0});

  // Requires: not open yet. SUBSCRIBE on every connect, on_ready comes when it is confirmed;
  // on_message for every message until close(). Such a connection takes no other commands; it
  // subscribes again by itself after an outage.
  void subscribe(
      std::vector<std::string> channels,
      std::function<void(std::string_view channel, std::string_view message)> on_message);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with its own callbacks while they run
};

}  // namespace stint::redis
