// Tells the queues every 10 s that this worker lives and what it is (`stint worker list`, the tasks
// that are known). Loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

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
  void announce_all();

  Context& context_;
  std::span<const std::unique_ptr<QueueRunner>> queues_;
  const std::function<void()> heard_;
  Timer timer_;
  std::string state_ = "running";
  std::string queues_text_, tasks_text_;
  std::vector<std::string> tasks_;
  int64_t started_ms_;
};

int64_t resident_bytes();  // of this process

}  // namespace stint
