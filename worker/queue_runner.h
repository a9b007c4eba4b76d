// One queue, served: its claimer, adoption, lease keeper, reporter and log writer, wired together.
// Loop's thread.
#pragma once

#include "worker/adoption.h"
#include "worker/claimer.h"
#include "worker/context.h"
#include "worker/lease_keeper.h"
#include "worker/log_writer.h"
#include "worker/reporter.h"

namespace stint {

class QueueRunner {
 public:
  QueueRunner(Context& context, Lane lane, std::function<void()> on_closed);
  QueueRunner(const QueueRunner&) = delete;
  QueueRunner& operator=(const QueueRunner&) = delete;
  ~QueueRunner() = default;

  Lane& lane() { return lane_; }
  Claimer& claimer() { return claimer_; }
  Reporter& reporter() { return reporter_; }

  void on_ready(const redis::ServerInfo& server);
  void on_down() { claimer_.on_down(); }
  void on_ended(Job& job);  // its attempt has ended in a slot
  void on_asked(Job& job);  // its task waits for the checkpoint
  void on_look() {
    leases_.beat_now();
    claimer_.on_look();
  }
  void on_second();  // the worker's tick
  void flush();  // sends what has gathered; ends before claims, so that locks are handed on first
  void flush_logs() { logs_.flush_running(); }  // before the tick

  // How many more jobs could be claimed, given what all queues hold already.
  size_t room(size_t idle, size_t held) const;
  size_t in_line() const { return adoption_.waiting(); }

  void pause() { claimer_.stop(); }
  void resume() { claimer_.resume(); }
  void close();  // no more jobs, and the unstarted go back
  // Unstarted jobs for which wanted says yes go back.
  void give_back(Release::How how, const std::function<bool(const Job&)>& wanted);
  bool settled() const { return reporter_.idle() && claimer_.settled(); }

 private:
  void forget(Job& job);
  void drop(Job& job);

  Context& context_;
  Lane lane_;
  LogWriter logs_;
  Reporter reporter_;
  LeaseKeeper leases_;
  Adoption adoption_;
  Claimer claimer_;
};

}  // namespace stint
