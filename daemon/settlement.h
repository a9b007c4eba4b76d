// Brings to its end in Redis what one dead worker held: first its last words and the last lines of
// its output, then the steps of common/settlement/steps.h. Every step is repeated until Redis has
// answered it and kept while Redis is away. Lives on the supervisor's loop; a member of Settlements
// until on_done.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "common/queue/keys.h"
#include "common/redis/connection.h"
#include "common/settlement/obituary.h"

namespace stint {

class Settlement {
 public:
  // log_batches: commands that append to logs. on_done may destroy this.
  Settlement(uv_loop_s* loop, redis::Connection& redis, const Config& config, const Obituary& dead,
             std::vector<redis::Command> log_batches, std::function<void()> on_done);
  void start();

 private:
  void step();
  void answered(const Result<redis::ReplyView>& reply);
  void refused(const Error& error);
  void next_step();
  void finished();

  redis::Connection& redis_;
  std::string worker_;
  std::vector<Keys> queues_;
  std::deque<redis::Command> steps_;
  std::function<void()> on_done_;
  Timer retry_;
  size_t droppable_ = 0;  // steps at the front that are log lines: not worth a second try
  int refusals_ = 0;      // of the current step
  log::Outage refused_{log::Level::kWarning,
                       "Redis refuses to settle a dead worker's jobs; trying again every second",
                       "Redis settles the dead worker's jobs again"};
  std::shared_ptr<int> alive_ =
      std::make_shared<int>(0);  // commands in flight outlive a cut-short shutdown
};

// All that are under way.
class Settlements {
 public:
  Settlements(uv_loop_s* loop, redis::Connection& redis) : loop_(loop), redis_(redis) {}

  void add(const Config& config, const Obituary& dead, std::vector<redis::Command> log_batches);
  bool empty() const { return all_.empty(); }
  size_t size() const { return all_.size(); }
  std::function<void()> on_empty;  // called when the last one is done

 private:
  uv_loop_s* loop_;
  redis::Connection& redis_;
  std::map<uint64_t, std::unique_ptr<Settlement>> all_;
  uint64_t last_ = 0;
};

}  // namespace stint
