// From a claim's answer to jobs that a slot may start: notes each in the flight recorder, reads its
// record, finds its task and limits, fetches large parameters shortly before they are needed, and
// puts the jobs into the stock in claimed order. What cannot run is sent on its way: a corrupt
// record fails, an unknown task goes to who has it or fails. Loop's thread; one a queue.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "common/log/outage.h"
#include "worker/context.h"
#include "worker/hearsay.h"
#include "worker/lease_keeper.h"
#include "worker/reporter.h"

namespace stint {

class Adoption {
 public:
  Adoption(Context& context, const Lane& lane, Reporter& reporter, LeaseKeeper& leases);

  // sent: when the claim was; the lease counts from there.
  void adopt(const Claimed& claimed, MonoTime sent);
  void pump();      // moves on what can move on
  void on_ready();  // a new connection: asks again what was not answered

  size_t waiting() const { return line_.size(); }  // claimed, runnable, not in the stock yet
  // Those in line for which wanted says yes, taken out.
  std::vector<Job*> take_back(const std::function<bool(const Job&)>& wanted);
  // From here on what a claim still brings goes straight back.
  void close() { closed_ = true; }

 private:
  void adopt_one(const ClaimedJob& claimed, uint64_t token, MonoTime sent);
  void settle_unrunnable(Job& job, const Error& error);
  void fetch_params();
  void fetch_params_of(Job& job);
  void put_off(Job& job, const Error& refusal);
  void ask_who_has();
  void release_asked(const std::vector<Job*>& asked);
  void on_seen(const std::vector<Job*>& asked, int64_t now_ms, redis::ReplyView seen);

  Context& context_;
  const Lane& lane_;
  Reporter& reporter_;
  LeaseKeeper& leases_;
  std::deque<Job*> line_;
  std::vector<Job*> unknown_;  // their task is not ours; Redis is to be asked who has it
  bool asking_ = false;
  Hearsay hearsay_;
  bool closed_ = false;
  log::Outage refused_{log::Level::kError, "redis refuses parameters, their jobs are put off",
                       "redis gives parameters again"};
};

}  // namespace stint
