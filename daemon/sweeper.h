// Settles attempts whose holder is gone: the second line behind the supervisors, for the death of a
// whole host. Every `interval` (with jitter, so that daemons take turns) it pages through `P
// active` with the marks of `P leases`, shows each to its SweepMemory, and asks sweep.lua to settle
// what that memory calls unchanged for a whole lease; the script compares value and mark again.
// Supervisor, on its thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "common/queue/sweep_memory.h"
#include "common/queue/upkeep.h"
#include "common/redis/connection.h"

namespace stint {

class Sweeper {
 public:
  Sweeper(uv_loop_s* loop, redis::Connection& redis, Keys keys, milliseconds interval,
          milliseconds keep_cancelled);

 private:
  struct Seen {
    std::string id, value;
  };
  void rest();
  void begin();
  void scan(const std::string& cursor);
  void scanned(redis::ReplyView page);
  void marked(redis::ReplyView marks);
  bool was_asked(const Seen& seen, std::string_view mark) const;
  void sweep_suspects();
  void after_page();
  void failed(const Error& error);
  void ask(redis::Command command, void (Sweeper::*next)(redis::ReplyView));
  void swept(redis::ReplyView reply);

  redis::Connection& redis_;
  Keys keys_;
  milliseconds interval_;
  milliseconds keep_cancelled_;
  Timer timer_;
  SweepMemory memory_;
  std::string cursor_;
  std::vector<Seen> page_;
  std::vector<Suspect> suspects_;
  // Those that sweep.lua was last asked to settle; empty once it has answered. unsettled_: this
  // pass has met one of them, unchanged.
  std::vector<Suspect> asked_;
  bool unsettled_ = false;
  log::Outage refused_{log::Level::kWarning, "sweep refused; trying again", "sweep works again"};
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace stint
