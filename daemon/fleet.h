// All workers of this daemon: starts one for every post of the plan, replaces those that end
// (restart_policy.h), settles what they held, enforces kill times by a tick, and rolls them.
// Supervisor, on its thread. Invariants: a post has at most one worker that takes jobs, and at most
// one more that is still starting (a roll's). A worker that drains has left its post. Worker ids
// are never used twice.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/loop/next_turn.h"
#include "daemon/fleet_plan.h"
#include "daemon/restart_policy.h"
#include "daemon/roll.h"
#include "daemon/settlement.h"
#include "daemon/worker_handle.h"

namespace stint {

using ConfigPtr = std::shared_ptr<const Config>;

class Fleet {
 public:
  struct Options {
    uv_loop_s* loop = nullptr;
    int binary = -1;
    std::string host;
    std::string id_stem;  // "<host>-<pid>-<nonce>"
  };
  struct Listener {
    std::function<void()> on_first_ready;
    std::function<void(const std::string& reason)> on_refused_at_start;
    std::function<void()> on_empty;            // while stopping: the last process is gone
    std::function<void(ConfigPtr)> on_rolled;  // the first worker of a new configuration is ready
    std::function<void(bool all)> on_roll_end;
  };
  Fleet(Options options, Settlements& settlements, Listener listener);

  void start(const ConfigPtr& config);
  void roll(ConfigPtr config);
  void stop(milliseconds limit);  // 0 = no limit; again with another limit replaces it
  void pause();
  void resume();
  void look(std::string_view worker);
  void look();  // every worker

  // From the reaper.
  WorkerHandle* find(pid_t pid);
  void exited(pid_t pid, ExitStatus status);

  bool any_ready() const { return any_ready_; }  // one was, ever
  size_t processes() const;
  size_t ready() const;
  size_t jobs_running() const;
  uint64_t jobs_ended() const;

 private:
  struct Post {
    PostPlan plan;
    ConfigPtr config;
    std::unique_ptr<WorkerHandle> worker;
    std::unique_ptr<WorkerHandle> next;  // of a roll, until it is ready
    DeathTally tally;
    std::unique_ptr<Timer> restart;
    bool refill = false;  // at once
    bool said = false;    // that it cannot start; once until a worker is ready again
  };
  using Owned = std::unique_ptr<WorkerHandle>;

  Result<Owned> launch(const PostPlan& plan, const ConfigPtr& config);
  void fill(Post& post);
  void refill();
  void on_ready(WorkerHandle& worker);
  void restart_later(Post& post, const RestartQuestion& question, const std::string& why);
  void settle(WorkerHandle& worker, ExitStatus status, const Config& config);
  void post_lost(Post& post, Owned worker, ExitStatus status, bool job_running);
  void next_lost(Post& post, Owned worker, ExitStatus status);
  void leave(Owned worker);  // drains it
  void tick();
  void for_each(const std::function<void(WorkerHandle&)>& visit);
  void for_each(const std::function<void(const WorkerHandle&)>& visit) const;
  void take_over(Post& post);  // its next has become ready
  bool start_replacement(const PostPlan& plan);
  void watch_replacement();
  void give_way();
  void roll_ended(bool all);

  static constexpr milliseconds kPatience{5'000};

  Options options_;
  Settlements& settlements_;
  Listener listener_;
  std::vector<std::unique_ptr<Post>> posts_;
  std::vector<Owned> leaving_;
  std::unique_ptr<Roll> roll_;
  ConfigPtr rolling_;  // its configuration
  ConfigPtr wanted_;   // of a HUP that came during it
  Timer give_way_;
  milliseconds patience_ = kPatience;  // with a replacement, while wanted_ waits
  Timer tick_;
  NextTurn refill_;
  MonoTime last_tick_;
  uint64_t last_worker_ = 0;
  uint64_t jobs_ended_ = 0;  // by workers that are gone
  bool any_ready_ = false;
  bool paused_ = false;
  bool stopping_ = false;
};

}  // namespace stint
