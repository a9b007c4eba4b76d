#include "worker/claimer.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "common/queue/upkeep.h"

namespace stint {

namespace {

constexpr milliseconds kLookPause{2'000};
// Where the wait on the queue is not possible; no wake-up may be slept through for longer than 1 s.
constexpr milliseconds kStandIn{900};
// Longer would be cheaper still; but Redis keeps a waiter whose host has died, and serves it, until
// its wait is over.
constexpr const char* kWaitSeconds = "5";
constexpr milliseconds kWaitDeadline{9'000};

redis::Connection::Options wait_options(const Context& context) {
  redis::Connection::Options options;
  options.url = context.boot.config.redis;
  options.name = "stint-worker-wait:" + context.boot.worker;
  return options;
}

}  // namespace

Claimer::Claimer(Context& context, const Lane& lane, Listener listener)
    : context_(context),
      lane_(lane),
      listener_(std::move(listener)),
      wait_link_(context.loop, wait_options(context),
                 {[this](const redis::ServerInfo&) {
                    if (supply_ == Supply::kEmpty && !asked_ && epoch_known_) {
                      timer_.stop();  // the look that stood in for this connection
                    }
                    forget_empty();
                    context_.changed();
                  },
                  [](const Error&) {}}),  // the connection for commands says it
      timer_(context.loop, [this] { on_time(); }) {}

void Claimer::on_ready(const redis::ServerInfo& server) {
  run_id_ = server.run_id;
  send_epoch();
}

void Claimer::on_down() {
  epoch_known_ = false;
  in_flight_ = false;
}

void Claimer::send_epoch() {
  context_.redis.run(epoch(lane_.keys, run_id_, last_token_),
                     [this](const Result<redis::ReplyView>& reply) {
                       if (!reply && reply.error().code != ErrorCode::kUnavailable) {
                         refused("epoch", reply.error());
                         timer_.start(kRefusedPause);
                       }
                       if (!reply) {
                         return;
                       }
                       refused_.over({{"queue", lane_.keys.queue()}});
                       epoch_known_ = true;
                       if (asked_ && !in_flight_) {
                         send_claim();
                       }
                       context_.changed();
                     });
}

void Claimer::claim(size_t n) {
  STINT_CHECK(free_to_ask());
  ++seq_;
  asked_ = stopped_ ? 0 : n;
  owes_ = false;
  send_claim();
}

void Claimer::send_claim() {
  in_flight_ = true;
  sent_ = now_mono();
  context_.redis.run(
      stint::claim(lane_.keys, context_.boot.worker, seq_, *asked_, lane_.claim_lease),
      [this](const Result<redis::ReplyView>& reply) { on_answer(reply); });
}

void Claimer::on_answer(const Result<redis::ReplyView>& reply) {
  in_flight_ = false;
  auto claimed = reply ? parse_claim(*reply) : Result<Claimed>(reply.error());
  if (!claimed) {
    if (claimed.error().code != ErrorCode::kUnavailable) {
      refused("claim", claimed.error());
      timer_.start(kRefusedPause);
    }
    return;  // no reply: sent again once the next connection has told its epoch
  }
  refused_.over({{"queue", lane_.keys.queue()}});
  on_claimed(*claimed);
  context_.changed();
}

void Claimer::on_claimed(const Claimed& claimed) {
  const size_t asked = std::exchange(asked_, std::nullopt).value_or(0);
  switch (claimed.status) {
    case Claimed::Status::kClosed:
      supply_ = Supply::kClosed;
      listener_.on_closed();
      return;
    case Claimed::Status::kPaused:
      supply_ = Supply::kPaused;
      if (!stopped_) {
        timer_.start(kLookPause);
      }
      return;
    case Claimed::Status::kOk:
      timer_.stop();  // a look that stood in for the wait
      break;
  }
  // Token 0: nothing was taken. Else there may be more, also where all that was taken had to wait
  // for its resource or was a dead copy.
  bool empty = claimed.token == 0;
  last_token_ = std::max(last_token_, claimed.token);
  if (asked == 0) {
    supply_ = Supply::kUnknown;
  } else {
    supply_ = empty ? Supply::kEmpty : Supply::kPlenty;
  }
  listener_.on_claimed(claimed, asked, sent_);
}

void Claimer::wait_if_empty() {
  if (stopped_ || supply_ != Supply::kEmpty || waiting_ || owes_ || timer_.active()) {
    return;
  }
  if (!wait_link_.ready()) {
    wait_link_.open();  // nothing if it is open; its on_ready looks again
    // Nor may a queue stand still because only this connection cannot be made.
    timer_.start(kStandIn);
    return;
  }
  waiting_ = true;
  wait_link_.run(
      redis::plain(
          {"BLMOVE", lane_.keys("pending"), lane_.keys("reserved"), "RIGHT", "LEFT", kWaitSeconds}),
      [this](const Result<redis::ReplyView>& reply) { on_wait_over(reply); }, kWaitDeadline);
}

void Claimer::forget_empty() {
  if (supply_ == Supply::kEmpty && !waiting_) {
    supply_ = Supply::kUnknown;
  }
}

void Claimer::on_wait_over(const Result<redis::ReplyView>& reply) {
  waiting_ = false;
  if (!reply && reply.error().code == ErrorCode::kRefused) {
    // A Redis at its memory limit refuses to move anything outside a script: looked again in a
    // while.
    timer_.start(kStandIn);
    return;
  }
  if (reply && reply->is_nil()) {
    look_at_reserved();
    return;
  }
  owe_claim();
}

void Claimer::owe_claim() {
  owes_ = true;
  if (supply_ == Supply::kEmpty) {
    supply_ = Supply::kUnknown;
  }
  context_.changed();
}

// Redis moved nothing for us, so only what others were served and never claimed may be left. What
// is in `pending` the next wait finds by itself.
void Claimer::look_at_reserved() {
  waiting_ = true;
  wait_link_.run(redis::plain({"EXISTS", lane_.keys("reserved")}),
                 [this](const Result<redis::ReplyView>& reply) {
                   waiting_ = false;
                   if (!reply || reply->integer() != 0) {
                     owe_claim();
                   } else {
                     context_.changed();
                   }
                 });
}

void Claimer::look_whether_paused() {
  context_.redis.run(redis::plain({"EXISTS", lane_.keys("paused")}),
                     [this](const Result<redis::ReplyView>& reply) {
                       if (supply_ != Supply::kPaused || stopped_) {
                         return;
                       }
                       if (!reply || reply->integer() != 0) {
                         timer_.start(kLookPause);
                         return;
                       }
                       supply_ = Supply::kUnknown;
                       context_.changed();
                     });
}

void Claimer::on_look() {
  if (supply_ == Supply::kPaused && !stopped_ && timer_.active()) {
    timer_.start(milliseconds{0});
  }
}

void Claimer::on_time() {
  if (!context_.redis.ready()) {
    timer_.start(kRefusedPause);
  } else if (!epoch_known_) {
    send_epoch();
  } else if (asked_) {
    if (!in_flight_) {
      send_claim();
    }
  } else if (supply_ == Supply::kPaused) {
    look_whether_paused();
  } else {
    forget_empty();
    context_.changed();
  }
}

void Claimer::stop() {
  stopped_ = true;
  // The wait may be served at this very moment: owes_ is set when it ends.
  wait_link_.close();
}

void Claimer::resume() {
  stopped_ = false;
  if (supply_ == Supply::kPaused) {
    timer_.start(kLookPause);
  }
  forget_empty();
  context_.changed();
}

void Claimer::refused(const char* what, const Error& error) {
  move_aside(context_.redis, lane_.keys, error);
  refused_.goes_on({{"queue", lane_.keys.queue()}, {"command", what}, {"error", error.message}});
}

}  // namespace stint
