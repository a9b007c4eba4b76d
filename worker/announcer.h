// Tells the queues every 10 s that this worker lives and what it is (`stint worker list`, the tasks
// that are known). Loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/log/outage.h"
#include "common/loop/timer.h"
#include "worker/queue_runner.h"

namespace stint {

class Announcer {
 public:
  // heard: called whenever Redis has answered an announcement to every queue, be it with an error.
  Announcer(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues,
            std::function<void()> heard);

  void start();                       // now and every 10 s
  void set_state(std::string state);  // "running", "paused", "draining", "stopping"; told at once
  // Draining, and others have taken over: it no longer says for its tasks that somebody has them.
  void retire();
  void stop() { timer_.stop(); }

 private:
  // One announcement to every queue.
  struct Round {
    size_t unheard;  // calls that have not been answered
    std::string refusal;
  };
  void announce_all();
  void on_answer(Round& round, const Keys& keys, const Result<redis::ReplyView>& reply);

  Context& context_;
  std::span<const std::unique_ptr<QueueRunner>> queues_;
  const std::function<void()> heard_;
  Timer timer_;
  std::string state_ = "running";
  std::string queues_text_, tasks_text_;
  std::vector<std::string> tasks_;
  int64_t started_ms_;
  log::Outage refused_{log::Level::kWarning,
                       "redis refuses to hear of this worker, others do not know its tasks",
                       "redis hears of this worker again"};
};

int64_t resident_bytes();  // of this process

}  // namespace stint
