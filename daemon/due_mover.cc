#include "daemon/due_mover.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/queue/keys.h"

namespace stint {

DueMover::DueMover(uv_loop_s* loop, redis::Connection& redis, Options options)
    : redis_(redis), options_(std::move(options)), timer_(loop, [this] { turn(); }) {
  timer_.start(options_.soonest);
}

void DueMover::hurry() {
  if (under_way_) {
    again_ = true;
  } else {
    timer_.start(milliseconds{0});
  }
}

void DueMover::turn() {
  if (under_way_) {
    return;
  }
  if (!redis_.ready()) {
    timer_.start(options_.latest);
    return;
  }
  under_way_ = true;
  redis_.run(options_.command(),
             [this, alive = std::weak_ptr<int>(alive_)](const Result<redis::ReplyView>& reply) {
               if (!alive.expired()) {
                 under_way_ = false;
                 answered(reply);
               }
             });
}

void DueMover::answered(const Result<redis::ReplyView>& reply) {
  auto moved = reply ? parse_moved(*reply) : Result<Moved>(reply.error());
  if (!moved) {
    if (options_.on_refused) {
      options_.on_refused(moved.error());
    }
    if (moved.error().code != ErrorCode::kUnavailable) {
      refused_.goes_on({{"what", options_.name}, {"error", moved.error().message}});
    }
    timer_.start(options_.latest);
    return;
  }
  refused_.over({{"what", options_.name}});
  if (std::exchange(again_, false) || moved->count >= kBatchJobs) {
    timer_.start(milliseconds{0});
    return;
  }
  milliseconds next = moved->next.value_or(options_.latest);
  timer_.start(std::clamp(next, options_.soonest, options_.latest));
}

}  // namespace stint
