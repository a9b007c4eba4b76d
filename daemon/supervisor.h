// stintd itself, without its command line: owns the loop and everything on it. Start order: state
// directory, worker binary, embedded Redis, connection, check of Redis, queue keepers, workers,
// READY. Stop ladder: workers stop (frames), what they held is settled, connections close, the
// embedded Redis stops last. One thread, one libuv loop; no task code ever in this address space.
// Nothing here blocks but fork's report and files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/config/toml/load.h"
#include "common/exit_code.h"
#include "common/loop/timer.h"
#include "common/redis/connection.h"
#include "daemon/embedded_redis.h"
#include "daemon/event_listener.h"
#include "daemon/fleet.h"
#include "daemon/memory_watch.h"
#include "daemon/queue_keeper.h"
#include "daemon/redis_check.h"
#include "daemon/sd_notify.h"
#include "daemon/settlement.h"
#include "daemon/signals.h"
#include "daemon/state_dir.h"

namespace stint {

class Supervisor {
 public:
  Supervisor(ConfigFlags flags, Config config);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  ExitCode run();  // once

 private:
  enum class Phase { kStarting, kRunning, kStopping, kEnding };

  Result<void> prepare();
  void open_redis();
  void on_redis_down(const Error& error);
  void check_redis_now();
  void redis_checked(const Result<RedisFacts>& facts);
  void notice_other_data(const std::string& data);
  void start_work();
  void keep_queues();
  Fleet::Listener fleet_listener();

  void on_signal(SignalAction action);
  void reap();
  void reload();
  void stop();
  void fail(ExitCode code, const std::string& why);
  void workers_gone();
  void settled();
  void end();
  void tell_systemd();

  ConfigFlags flags_;
  ConfigPtr config_;
  Phase phase_ = Phase::kStarting;
  ExitCode exit_code_ = ExitCode::kOk;
  int stops_ = 0;
  bool paused_ = false;
  bool redis_opened_ = false;
  std::string redis_data_;   // the name of its data when we last looked
  bool redis_said_ = false;  // that it is away, or refuses us
  SdNotify notify_;
  std::unique_ptr<uv_loop_s> loop_;
  std::unique_ptr<StateDir> state_dir_;
  UniqueFd worker_binary_;
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<EmbeddedRedis> embedded_;
  std::unique_ptr<redis::Connection> redis_;
  std::unique_ptr<Settlements> settlements_;
  std::vector<std::unique_ptr<QueueKeeper>> keepers_;
  std::unique_ptr<EventListener> events_;
  std::unique_ptr<MemoryWatch> memory_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<Timer> check_again_;
  std::unique_ptr<Timer> settle_limit_;
  std::unique_ptr<Timer> status_;
  std::unique_ptr<Timer> watchdog_;
};

}  // namespace stint
