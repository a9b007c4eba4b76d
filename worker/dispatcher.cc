#include "worker/dispatcher.h"

#include <algorithm>

namespace stint {

namespace {

std::vector<int> weights_of(std::span<const std::unique_ptr<QueueRunner>> queues) {
  std::vector<int> weights;
  for (const auto& queue : queues) {
    weights.push_back(queue->lane().weight);
  }
  return weights;
}

}  // namespace

Dispatcher::Dispatcher(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues)
    : context_(context),
      queues_(queues),
      choice_(weights_of(queues)),
      eligible_(queues.size(), 0) {}

size_t Dispatcher::held() const {
  size_t held = context_.stock.levels().waiting;
  for (const auto& queue : queues_) {
    held += queue->in_line() + queue->claimer().asked();
  }
  return held;
}

size_t Dispatcher::spare() const {
  size_t asked = 0;
  for (const auto& queue : queues_) {
    asked += queue->claimer().asked();
  }
  size_t free = context_.jobs.free_count();
  return free > asked ? free - asked : 0;
}

void Dispatcher::balance(bool busy) {
  pay_claims(busy);
  size_t most_ahead = 0;
  for (const auto& queue : queues_) {
    most_ahead = std::max(most_ahead, queue->room(0, 0));
  }
  context_.stock.set_low_water(most_ahead / 2);
  while (!busy && claim_once()) {
  }
  size_t idle = context_.stock.levels().idle;
  for (const auto& queue : queues_) {
    if (!busy && queue->room(idle, held()) > 0) {
      queue->claimer().wait_if_empty();
    } else {
      queue->claimer().forget_empty();
    }
  }
}

// Ends, because a queue with an unanswered claim is not eligible.
bool Dispatcher::claim_once() {
  size_t idle = context_.stock.levels().idle;
  size_t have = held();
  size_t most = spare();
  for (size_t i = 0; i < queues_.size(); ++i) {
    bool wants = queues_[i]->claimer().can_claim() && queues_[i]->room(idle, have) > 0;
    eligible_[i] = wants && most > 0 ? 1 : 0;
  }
  auto pick = choice_.pick(eligible_);
  if (!pick) {
    return false;
  }
  QueueRunner& queue = *queues_[*pick];
  queue.claimer().claim(std::min(queue.room(idle, have), most));
  return true;
}

// After a wait a claim follows in any case. Where there is no room it asks for none, which sends
// what the wait took back to the tail of pending, where it wakes another worker.
void Dispatcher::pay_claims(bool busy) {
  size_t idle = context_.stock.levels().idle;
  for (const auto& queue : queues_) {
    if (queue->claimer().owes_claim()) {
      size_t n = busy ? 0 : std::min(queue->room(idle, held()), spare());
      queue->claimer().claim(n);
    }
  }
}

}  // namespace stint
