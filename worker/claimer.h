// Gets jobs of one queue: claims when asked to, and when the queue is empty waits for the next id
// on a connection of its own. Loop's thread; one a queue. Invariants: at most one claim is
// unanswered; it is repeated under the same sequence number until it is answered, also over
// reconnects, and only then comes the next number. Every wait that was served or broke is followed
// by a claim: one of no jobs if there is no room, which gives what the wait moved to `reserved`
// back to the tail of pending. One that timed out is followed by a look at `reserved`, and if there
// is anything by a claim.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "worker/context.h"

namespace stint {

class Claimer {
 public:
  struct Listener {
    std::function<void(const Claimed&, size_t asked, MonoTime sent)> on_claimed;
    std::function<void()> on_closed;  // this worker was declared dead
  };
  Claimer(Context& context, const Lane& lane, Listener listener);

  void on_ready(const redis::ServerInfo& server);  // a new connection for commands
  void on_down();

  // For the dispatcher. can_claim: a claim may be sent, and jobs may be there. owes_claim: one must
  // be sent, see above.
  bool can_claim() const {
    return free_to_ask() && !stopped_ &&
           (supply_ == Supply::kUnknown || supply_ == Supply::kPlenty);
  }
  bool owes_claim() const { return free_to_ask() && owes_; }
  size_t asked() const { return asked_.value_or(0); }
  void claim(size_t n);
  void wait_if_empty();  // there is room: be told of the next job
  void forget_empty();   // there is no room: when there is, ask before waiting

  void on_look();  // a pause may be over
  void stop();     // no more jobs; ends the wait
  void resume();   // after stop()
  bool settled() const { return !context_.redis.ready() || (!asked_ && !owes_); }

 private:
  enum class Supply { kUnknown, kPlenty, kEmpty, kPaused, kClosed };
  bool free_to_ask() const { return epoch_known_ && !asked_ && context_.redis.ready(); }
  void send_epoch();
  void send_claim();
  void on_answer(const Result<redis::ReplyView>& reply);
  void on_claimed(const Claimed& claimed);
  void on_wait_over(const Result<redis::ReplyView>& reply);
  void look_at_reserved();
  void owe_claim();
  void look_whether_paused();
  void on_time();
  void refused(const char* what, const Error& error);

  Context& context_;
  const Lane& lane_;
  Listener listener_;
  redis::Connection wait_link_;
  Timer timer_;  // the next look, or the next try after an error reply

  Supply supply_ = Supply::kUnknown;
  bool stopped_ = false;
  std::string run_id_;
  bool epoch_known_ = false;  // on this connection
  uint64_t last_token_ = 0;   // of all that Redis gave us: it may forget, we do not
  uint64_t seq_ = 0;
  std::optional<size_t> asked_;  // jobs, by the claim that is not answered
  bool in_flight_ = false;       // it was sent on this connection
  MonoTime sent_;
  bool owes_ = false;
  bool waiting_ = false;  // BLMOVE is in flight, or the look after it
  log::Outage refused_{log::Level::kError, "redis refuses, trying again every second",
                       "redis no longer refuses"};
};

}  // namespace stint
