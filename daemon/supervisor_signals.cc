// What a signal makes of stintd (the table stands in signals.cc): reap, reload, pause, and the stop
// ladder to its end.
#include <uv.h>

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "daemon/reaper.h"
#include "daemon/supervisor.h"

namespace stint {
namespace {

constexpr milliseconds kSettleLimit{5'000};  // at exit, when Redis is away: then leases do it
constexpr milliseconds kAtOnce{1};

// What cannot change while jobs are in flight.
bool same_place(const Config& a, const Config& b) {
  return a.redis == b.redis && a.ns == b.ns && a.state_dir == b.state_dir &&
         a.embedded == b.embedded && a.durability == b.durability && a.maxmemory == b.maxmemory;
}

}  // namespace

void Supervisor::on_signal(SignalAction action) {
  switch (action) {
    case SignalAction::kStop:
      stop();
      return;
    case SignalAction::kReload:
      reload();
      return;
    case SignalAction::kPause:
      log::info("paused by signal: no more jobs are taken until CONT");
      paused_ = true;
      break;
    case SignalAction::kContinue:
      if (std::exchange(paused_, false)) {
        log::info("going on");
      }
      break;
    case SignalAction::kReap:
      reap();
      return;
  }
  if (fleet_) {
    paused_ ? fleet_->pause() : fleet_->resume();
  }
}

void Supervisor::reap() {
  Reaper reaper;
  reaper.before = [this](pid_t pid) {
    if (const auto* worker = fleet_ ? fleet_->find(pid) : nullptr) {
      worker->end_group();
    }
  };
  reaper.after = [this](pid_t pid, int wait_status) {
    if (fleet_ && fleet_->find(pid) != nullptr) {
      fleet_->exited(pid, decode_wait_status(wait_status));
    } else if (!embedded_ || !embedded_->on_child_exit(pid, wait_status)) {
      log::debug("a child that nobody knows has ended", {{"pid", pid}});
    }
  };
  reap_children(reaper);
}

void Supervisor::reload() {
  if (phase_ != Phase::kRunning) {
    return;
  }
  notify_.reloading();
  auto loaded = load_config(flags_);
  if (!loaded) {
    log::error("configuration is wrong; nothing is changed", {{"why", loaded.error().message}});
    notify_.ready();
    return;
  }
  Config next = std::move(loaded->config);
  if (!same_place(next, *config_)) {
    log::warning(
        "redis, embedded, namespace and state_dir change with a restart only; the old ones stay");
  }
  next.redis = config_->redis;
  next.ns = config_->ns;
  next.state_dir = config_->state_dir;
  next.embedded = config_->embedded;
  if (plan_posts(next).empty()) {
    log::error("configuration is wrong; nothing is changed",
               {{"why", "workers.processes = 0 needs a restart"}});
    notify_.ready();
    return;
  }
  log::info("reloading", {{"file", loaded->file.empty() ? "no configuration file" : loaded->file}});
  if (auto level = log::parse_level(next.log_level)) {
    log::set_level(*level);
  }
  if (auto format = log::parse_format(next.log_format)) {
    log::set_format(*format);
  }
  fleet_->roll(std::make_shared<const Config>(std::move(next)));
}

void Supervisor::stop() {
  ++stops_;
  if (phase_ == Phase::kEnding) {
    return;
  }
  notify_.stopping();
  // After an error that is the last word at start, the rest is housekeeping.
  log::event(exit_code_ == ExitCode::kOk ? log::Level::kInfo : log::Level::kDebug,
             stops_ == 1 ? "stopping" : "stopping at once",
             {{"limit_ms", stops_ == 1 ? config_->shutdown_timeout.count() : 0}});
  phase_ = Phase::kStopping;
  if (!fleet_) {
    end();
    return;
  }
  fleet_->stop(stops_ == 1 ? config_->shutdown_timeout : kAtOnce);
}

void Supervisor::fail(ExitCode code, const std::string& why) {
  if (phase_ == Phase::kStopping || phase_ == Phase::kEnding) {
    return;
  }
  log::error("cannot start", {{"why", why}});
  exit_code_ = code;
  stop();
}

void Supervisor::workers_gone() {
  if (phase_ != Phase::kStopping) {
    return;
  }
  if (settlements_->empty()) {
    end();
    return;
  }
  if (!settle_limit_) {
    settle_limit_ = std::make_unique<Timer>(loop_.get(), [this] {
      log::warning("Redis does not answer: what dead workers held is left to its leases",
                   {{"workers", settlements_->size()}});
      end();
    });
    settle_limit_->start(kSettleLimit);
  }
}

void Supervisor::settled() {
  if (phase_ == Phase::kStopping && fleet_ && fleet_->processes() == 0) {
    end();
  }
}

void Supervisor::end() {
  if (std::exchange(phase_, Phase::kEnding) == Phase::kEnding) {
    return;
  }
  tell_systemd();
  settle_limit_.reset();
  status_.reset();
  watchdog_.reset();
  events_.reset();
  memory_.reset();
  keepers_.clear();
  redis_->close();
  if (embedded_) {
    embedded_->stop([this] { uv_stop(loop_.get()); });
  } else {
    uv_stop(loop_.get());
  }
}

}  // namespace stint
