// Decides which queue is asked for how many jobs, and which queues are waited on: whenever
// something has changed, once before the loop sleeps. Loop's thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "worker/queue_runner.h"
#include "worker/weighted_choice.h"

namespace stint {

class Dispatcher {
 public:
  Dispatcher(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues);

  // busy: every slot runs a job that is not about to end, so that nothing may be taken or waited
  // for.
  void balance(bool busy);

 private:
  bool claim_once();
  void pay_claims(bool busy);
  size_t held() const;   // unstarted or asked for, in all queues
  size_t spare() const;  // free entries that nobody has asked to fill

  Context& context_;
  std::span<const std::unique_ptr<QueueRunner>> queues_;
  WeightedChoice choice_;
  std::vector<uint8_t> eligible_;
};

}  // namespace stint
