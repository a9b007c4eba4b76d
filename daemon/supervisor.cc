#include "daemon/supervisor.h"

#include <uv.h>

#include <csignal>
#include <utility>

#include "common/log/log.h"
#include "daemon/redis_check.h"
#include "daemon/spawn.h"
#include "daemon/worker_name.h"

namespace stint {
namespace {

constexpr milliseconds kCheckAgain{1'000};
constexpr milliseconds kStatusEvery{2'000};

ExitCode code_of(const Error& error) {
  return error.code == ErrorCode::kConfig ? ExitCode::kConfig : ExitCode::kFailed;
}

}  // namespace

Supervisor::Supervisor(ConfigFlags flags, Config config)
    : flags_(std::move(flags)),
      config_(std::make_shared<const Config>(std::move(config))),
      loop_(std::make_unique<uv_loop_s>()) {
  STINT_CHECK(uv_loop_init(loop_.get()) == 0);
}

Supervisor::~Supervisor() {
  // Everything that has a handle goes first; one more turn lets libuv free them.
  watchdog_.reset();
  status_.reset();
  settle_limit_.reset();
  check_again_.reset();
  fleet_.reset();
  memory_.reset();
  events_.reset();
  keepers_.clear();
  settlements_.reset();
  redis_.reset();
  embedded_.reset();
  signals_.reset();
  uv_run(loop_.get(), UV_RUN_DEFAULT);
  STINT_CHECK(uv_loop_close(loop_.get()) == 0);
}

ExitCode Supervisor::run() {
  (void)std::signal(SIGPIPE, SIG_IGN);  // a worker that dies while a frame is written
  if (auto prepared = prepare(); !prepared) {
    log::error("cannot start", {{"why", prepared.error().message}});
    return code_of(prepared.error());
  }
  open_redis();
  uv_run(loop_.get(), UV_RUN_DEFAULT);
  log::event(exit_code_ == ExitCode::kOk ? log::Level::kInfo : log::Level::kDebug, "stopped",
             {{"jobs", fleet_ ? fleet_->jobs_ended() : 0}});
  return exit_code_;
}

Result<void> Supervisor::prepare() {
  auto locked = StateDir::lock(config_->state_dir);
  if (!locked) {
    return locked.error();
  }
  state_dir_ = std::make_unique<StateDir>(std::move(*locked));
  auto binary = open_worker_binary();
  if (!binary) {
    return binary.error();
  }
  worker_binary_ = std::move(*binary);
  signals_ =
      std::make_unique<Signals>(loop_.get(), [this](SignalAction action) { on_signal(action); });
  log::info("starting", {{"namespace", config_->ns},
                         {"redis", config_->redis.display()},
                         {"state_dir", config_->state_dir},
                         {"processes", plan_posts(*config_).size()},
                         {"slots", config_->slots}});
  return {};
}

void Supervisor::open_redis() {
  status_ = std::make_unique<Timer>(loop_.get(), [this] { tell_systemd(); });
  status_->start(milliseconds{0}, kStatusEvery);
  check_again_ = std::make_unique<Timer>(loop_.get(), [this] { check_redis_now(); });
  redis_ = std::make_unique<redis::Connection>(
      loop_.get(), redis::Connection::Options{config_->redis, "stintd"},
      redis::Connection::Listener{[this](const redis::ServerInfo&) { check_redis_now(); },
                                  [this](const Error& error) { on_redis_down(error); }});
  settlements_ = std::make_unique<Settlements>(loop_.get(), *redis_);
  settlements_->on_empty = [this] { settled(); };
  if (!config_->embedded) {
    redis_->open();
    return;
  }
  EmbeddedRedis::Listener listener;
  listener.on_ready = [this] {
    if (!std::exchange(redis_opened_, true)) {
      redis_->open();
    }
  };
  listener.on_failed = [this](const Error& error) { fail(code_of(error), error.message); };
  embedded_ = std::make_unique<EmbeddedRedis>(loop_.get(), *config_, std::move(listener));
  embedded_->start();
}

void Supervisor::on_redis_down(const Error& error) {
  check_again_->stop();
  if (error.code == ErrorCode::kConfig && phase_ == Phase::kStarting) {
    fail(ExitCode::kConfig, error.message);
    return;
  }
  if (phase_ != Phase::kEnding) {
    log::warning("Redis cannot be reached; trying again", {{"error", error.message}});
    redis_said_ = true;
  }
}

void Supervisor::check_redis_now() {
  if (redis_->ready() && phase_ != Phase::kEnding) {
    check_redis(*redis_, *config_, [this](const auto& facts) { redis_checked(facts); });
  }
}

void Supervisor::redis_checked(const Result<RedisFacts>& facts) {
  if (!facts) {
    const Error& error = facts.error();
    if (error.code == ErrorCode::kConfig && phase_ == Phase::kStarting) {
      fail(ExitCode::kConfig, error.message);
      return;
    }
    if (error.code != ErrorCode::kUnavailable && !std::exchange(redis_said_, true)) {
      log::error("Redis is not as it must be; trying again", {{"why", error.message}});
    }
    check_again_->start(kCheckAgain);
    return;
  }
  if (std::exchange(redis_said_, false)) {
    log::info("Redis is back", {{"redis", config_->redis.display()}});
  }
  notice_other_data(facts->data);
  if (phase_ == Phase::kStarting) {
    for (const auto& warning : facts->warnings) {
      log::warning(warning);
    }
    start_work();
  }
}

void Supervisor::notice_other_data(const std::string& data) {
  if (data.empty()) {
    return;
  }
  if (!redis_data_.empty() && redis_data_ != data) {
    log::error(
        "Redis holds other data than before: it was emptied or replaced; jobs that are not in them "
        "are "
        "lost, and attempts that ran for them are refused",
        {{"redis", config_->redis.display()}});
  }
  redis_data_ = data;
}

void Supervisor::start_work() {
  phase_ = Phase::kRunning;
  keep_queues();
  std::string host = host_name();
  fleet_ = std::make_unique<Fleet>(
      Fleet::Options{loop_.get(), worker_binary_.get(), host, worker_id_stem(host)}, *settlements_,
      fleet_listener());
  if (auto interval = notify_.watchdog_interval()) {
    watchdog_ = std::make_unique<Timer>(loop_.get(), [this] { notify_.watchdog(); });
    watchdog_->start(milliseconds{0}, *interval);
  }
  if (paused_) {
    fleet_->pause();
  }
  fleet_->start(config_);
}

void Supervisor::keep_queues() {
  events_.reset();
  memory_.reset();
  keepers_.clear();
  std::vector<Keys> keys;
  for (const auto& queue : config_->queues) {
    keepers_.push_back(std::make_unique<QueueKeeper>(loop_.get(), *redis_, *config_, queue));
    keys.push_back(keepers_.back()->keys());
  }
  auto on_due = [this](std::string_view prefix) {
    for (auto& keeper : keepers_) {
      if (keeper->keys().prefix() == prefix) {
        keeper->on_due();
      }
    }
  };
  auto on_cancel = [this](std::string_view worker) { fleet_->look(worker); };
  auto on_resumed = [this] { fleet_->look(); };
  events_ = std::make_unique<EventListener>(loop_.get(), config_->redis, keys,
                                            EventListener::Listener{on_cancel, on_due, on_resumed});
  memory_ = std::make_unique<MemoryWatch>(loop_.get(), *redis_, keys, [this] {
    for (auto& keeper : keepers_) {
      keeper->on_pressure();
    }
  });
}

Fleet::Listener Supervisor::fleet_listener() {
  Fleet::Listener listener;
  listener.on_first_ready = [this] {
    log::info("ready", {{"queues", config_->queues.size()}});
    notify_.ready();
    tell_systemd();
  };
  listener.on_refused_at_start = [this](const std::string& reason) {
    fail(ExitCode::kConfig, reason);
  };
  listener.on_empty = [this] { workers_gone(); };
  listener.on_rolled = [this](ConfigPtr config) {
    config_ = std::move(config);
    keep_queues();
    check_redis_now();  // enters the names of new queues
  };
  listener.on_roll_end = [this](bool all) {
    if (all) {
      log::info("all workers are new");
    }
    notify_.ready();
  };
  return listener;
}

}  // namespace stint
