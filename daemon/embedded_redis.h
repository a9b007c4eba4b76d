// The Redis that stintd runs when none is configured: on <state-dir>/redis.sock, with its data in
// <state-dir>/redis. In the supervisor, on its loop; passive: the supervisor reaps (waitpid) and
// hands every child's end to on_child_exit. It is started first and stopped last. When it ends by
// itself it is started again, with a growing pause; workers wait.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "common/config/config.h"
#include "common/error.h"

struct uv_loop_s;

namespace stint {

class EmbeddedRedis {
 public:
  struct Listener {
    std::function<void()> on_ready;  // it answers: the first time and after every restart
    std::function<void(const Error&)>
        on_failed;  // it cannot be started at all; only before the first on_ready
  };
  // Requires: config.state_dir exists and is ours alone; config.redis is its socket.
  EmbeddedRedis(uv_loop_s* loop, const Config& config, Listener listener);
  ~EmbeddedRedis();  // asks what still runs to end
  EmbeddedRedis(const EmbeddedRedis&) = delete;
  EmbeddedRedis& operator=(const EmbeddedRedis&) = delete;

  void start();
  // Lets it write its data and end; kills it when that takes too long. done is called once, later,
  // never before this returns; no callback but done comes from now on.
  void stop(std::function<void()> done);
  // False: that was not our child. Requires: pid has been reaped.
  bool on_child_exit(pid_t pid, int wait_status);

  pid_t pid() const;  // -1: does not run

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stint
