// The commands in flight on one stream of bytes: encodes them, matches replies to them in order,
// falls back from NOSCRIPT to EVAL. Private to common/redis; no I/O, no clock, no thread:
// connection.cc moves the bytes. Invariant: every pushed command's Done is called exactly once, by
// feed(), or is returned exactly once by abort().
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "common/redis/connection.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"
#include "common/redis/wire.h"

namespace stint::redis {

class Pipeline {
 public:
  using Done = Connection::Done;

  void push(Command command, Done done, MonoTime deadline);
  // For what has no reply of its own: SUBSCRIBE, and PING of a subscriber. on_message gets
  // everything from now on.
  void push_unanswered(const Command& command) { append_command(out_, command, false); }
  void on_message(std::function<void(ReplyView)> on_message) {
    on_message_ = std::move(on_message);
  }

  // Runs the Done of every command whose reply is whole. A Done may call push() or abort(), but
  // must not destroy this. On failure: kUnavailable, the stream cannot be used on.
  Result<void> feed(const char* bytes, size_t size);

  // Takes those still in flight, in order; feed() then does nothing any more.
  std::vector<Done> abort();

  std::string& out() { return out_; }                 // bytes to be sent; the caller empties it
  std::optional<MonoTime> earliest_deadline() const;  // none: nothing in flight
  bool met_replica() const { return met_replica_; }   // a write was refused with READONLY

 private:
  struct Flight {
    Command command;  // kept for EVAL
    Done done;
    MonoTime deadline;
    bool by_text = false;
  };
  Result<void> take(ReplyView reply);

  Reader reader_;
  std::deque<Flight> flights_;
  std::function<void(ReplyView)> on_message_;
  std::string out_;
  bool aborted_ = false;
  bool met_replica_ = false;
};

}  // namespace stint::redis
