// One of a queue's two clocks: the promoter (scheduled -> pending) or the expirer (done -> gone).
// Each turn is one bounded batch; a full one is followed by the next at once, else the timer is set
// for when the script says the next is due, within bounds. hurry() is for hints (pub/sub `due`): a
// lost hint costs at most the upper bound. Supervisor, on its thread. While Redis is away turns do
// nothing.
#pragma once

#include <functional>
#include <string>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "common/queue/upkeep.h"
#include "common/redis/connection.h"

namespace stint {

class DueMover {
 public:
  struct Options {
    std::string name;  // for the log
    std::function<redis::Command()>
        command;  // moves at most kBatchJobs; answers as parse_moved() reads
    milliseconds soonest{1};
    milliseconds latest{1'000};
    std::function<void(const Error&)> on_refused = {};  // of every failure
  };
  DueMover(uv_loop_s* loop, redis::Connection& redis, Options options);

  void hurry();

 private:
  void turn();
  void answered(const Result<redis::ReplyView>& reply);

  redis::Connection& redis_;
  Options options_;
  Timer timer_;
  bool under_way_ = false;
  bool again_ = false;
  log::Outage refused_{log::Level::kWarning, "upkeep refused; trying again", "upkeep works again"};
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace stint
