// A sweep that a person asked for: `stint sweep`, `stintd --flush-stale`. It follows the daemons'
// rule and has their memory: settled is what it has itself seen unchanged for the whole lease that
// the attempt names, whatever any wall clock says. So it watches every attempt that is active when
// it comes by, drops those that are renewed or end, and settles each of the others when its lease
// is over: done after the longest of those leases, at once where nothing is active. Attempts that
// begin meanwhile are the next sweep's. At most `most` are remembered at a time; more are watched
// in rounds. Where Redis or this program was held up nobody could be seen to renew: it begins
// again, three times at most. Synchronous, one thread; SIGINT (InterruptScope) ends it between two
// scripts.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/queue/ask_one.h"
#include "common/queue/sweep_memory.h"
#include "common/queue/upkeep.h"
#include "common/status_line.h"

namespace stint {

class HandSweep {
 public:
  struct Queue {
    Keys keys;
    milliseconds keep_cancelled;
  };
  using OnSettled = std::function<void(size_t queue, const Swept&)>;

  // on_settled: at once for each; queue is its place in `queues`. line: says what it waits for.
  HandSweep(std::vector<Queue> queues, AskOne ask, OnSettled on_settled, StatusLine& line,
            size_t most = 100'000);

  // On failure: what Redis refused, or kUnavailable. What was settled until then is.
  Result<void> run();

  int64_t seen() const { return seen_; }                // active attempts
  size_t undecided() const { return watched_.size(); }  // when it was interrupted

 private:
  struct Watched {
    size_t queue;
    std::string id;
  };
  struct Place {  // in the scan of all queues
    size_t queue = 0;
    std::string cursor = "0";
  };
  struct Page {
    size_t queue;
    std::vector<Suspect> entries;
  };
  Result<void> round();
  Result<void> fill();
  Result<void> scan_page();
  Result<void> watch();
  Result<void> look();
  Result<Page> read_page(std::span<const Watched> some);
  Result<void> add_marks(Page& page);
  SweepMemory::Seen observe(const Page& page, const Suspect& entry);
  void expect(milliseconds left);
  Result<void> settle(size_t queue, std::span<const Suspect> suspects);
  void pause();
  Result<redis::OwnedReply> ask(const redis::Command& command);
  bool stopped() const;

  std::vector<Queue> queues_;
  AskOne ask_;
  OnSettled on_settled_;
  StatusLine& line_;
  size_t most_;
  SweepMemory memory_;
  std::vector<Watched> watched_;
  Place place_;
  bool late_ = false;          // what was seen is forgotten: the round begins again
  milliseconds look_took_{0};  // the last look at all of them
  milliseconds next_pause_{0};
  MonoTime next_due_;  // of the watched
  MonoTime last_due_;
  int64_t seen_ = 0;
};

}  // namespace stint
