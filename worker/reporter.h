// How attempts end in Redis: finishes and releases of one queue, in batches, at most one of each in
// flight; what gathers meanwhile is the next batch. Loop's thread. Invariants: a job handed over
// here is never started (again). It keeps its place in the flight recorder until Redis has
// answered. After a lost reply the identical finish goes out again under the same sequence number;
// a release needs none, a second one of the same token is refused and changes nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "worker/context.h"
#include "worker/log_writer.h"

namespace stint {

class Reporter {
 public:
  Reporter(Context& context, const Lane& lane, LogWriter& logs);

  // text: the result, or the message of the error. final: no retry.
  void finish(Job& job, EndKind kind, std::string text, bool final = false);
  void release(Job& job, Release::How how, milliseconds delay = milliseconds{0});

  void flush();  // sends what may be sent now
  bool idle() const {
    return ends_.empty() && end_flight_.empty() && backs_.empty() && back_flight_.empty();
  }

 private:
  struct Back {
    Job* job;
    Release::How how;
    milliseconds delay;
  };
  void flush_ends();
  void flush_backs();
  void fill_end_flight();
  void send_ends();
  void send_backs();
  void on_ends(const Result<redis::ReplyView>& reply);
  void on_backs(const Result<redis::ReplyView>& reply);
  static log::Outage ends_refused();
  void retry_later(log::Outage& outage, const char* what, const Error& error);
  void settle(Job& job);

  Context& context_;
  const Lane& lane_;
  LogWriter& logs_;
  Timer again_;  // after an error reply
  // Of finish and of release: one may be refused and the other not.
  log::Outage finish_refused_ = ends_refused();
  log::Outage release_refused_ = ends_refused();

  std::deque<std::pair<Job*, Ended>> ends_;
  std::vector<Job*> end_jobs_;     // of end_flight_, in its order
  std::vector<Ended> end_flight_;  // sent, or to be sent again
  std::vector<LogBatch> end_logs_;
  uint64_t seq_ = 0;        // of end_flight_
  bool end_waits_ = false;  // a reply is awaited

  std::deque<Back> backs_;
  std::vector<Back> back_flight_;
  std::vector<LogBatch> back_logs_;
  bool back_waits_ = false;
};

}  // namespace stint
