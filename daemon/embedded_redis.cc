#include "daemon/embedded_redis.h"

#include <signal.h>

#include <optional>
#include <utility>

#include "common/log/log.h"
#include "common/loop/stream.h"
#include "common/loop/timer.h"
#include "common/redis/backoff.h"
#include "common/redis/probe.h"
#include "common/settlement/exit_status.h"
#include "daemon/disk_sync.h"
#include "daemon/half_script.h"
#include "daemon/redis_log.h"
#include "daemon/redis_process.h"

namespace stint {

namespace {

constexpr milliseconds kProbeEvery{10};
constexpr milliseconds kProbeTimeout{2'000};
constexpr milliseconds kSayAfter{1'000};  // a start that takes longer is worth a line
constexpr milliseconds kFirstPause{50};   // between two starts
constexpr milliseconds kLongestPause{5'000};
constexpr milliseconds kWellAfter{10'000};   // having run so long, the next start is at once again
constexpr milliseconds kStopWithin{20'000};  // Redis itself waits up to 10 s for replicas

}  // namespace

class EmbeddedRedis::Impl {
 public:
  Impl(uv_loop_s* loop, Config config, Listener listener)
      : loop_(loop),
        config_(std::move(config)),
        listener_(std::move(listener)),
        timer_(loop, [this] { on_time(); }),
        probe_(loop, config_.redis),
        pause_(kFirstPause, kLongestPause) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (pid_ > 0) {
      kill(pid_, SIGTERM);
      kill(pid_, SIGCONT);
    }
  }

  void start();
  void stop(std::function<void()> done);
  bool on_child_exit(pid_t pid, int wait_status);
  pid_t pid() const { return pid_; }

 private:
  // kIdle -start-> kLocking -lock-> kCutting -its file is whole-> kStarting -PONG-> kUp
  // -its end-> kEnded -pause-> kLocking; any -stop-> kStopping -its end-> kStopped
  enum class State { kIdle, kLocking, kCutting, kStarting, kUp, kEnded, kStopping, kStopped };

  void on_time();
  void lock_and_launch();
  void cut_and_launch(UniqueFd lock);
  void launch(UniqueFd lock);
  void on_condition(const redis::Condition& condition);
  void say_that_it_takes_time(const char* event, const redis::Condition& condition);
  void on_up();
  void on_ended();
  void fail_or_retry(const Error& error);
  void finish_stop();

  std::string append_only_folder() const { return config_.state_dir + "/redis/appendonlydir"; }

  uv_loop_s* loop_;
  Config config_;
  Listener listener_;
  Timer timer_;
  redis::Probe probe_;
  redis::Backoff pause_;

  State state_ = State::kIdle;
  pid_t pid_ = -1;
  std::optional<Stream> output_;
  std::optional<DiskSync>
      disk_sync_;  // from the first start on, also for what a killed server left
  RedisLog log_;
  std::string how_it_ended_;
  MonoTime since_;       // kLocking, kStarting: of this try; kUp: of being up
  bool was_up_ = false;  // ever
  bool outage_said_ = false;
  bool slowness_said_ = false;  // of this try
  std::function<void()> stopped_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

void EmbeddedRedis::Impl::start() {
  if (state_ != State::kIdle) {
    return;
  }
  state_ = State::kEnded;
  timer_.start(milliseconds{0});
}

void EmbeddedRedis::Impl::on_time() {
  switch (state_) {
    case State::kEnded:
      if (!how_it_ended_.empty()) {
        on_ended();
        return;
      }
      state_ = State::kLocking;
      since_ = now_mono();
      slowness_said_ = false;
      lock_and_launch();
      return;
    case State::kLocking:
      lock_and_launch();
      return;
    case State::kStarting:
      probe_.ask(kProbeTimeout, [this](const redis::Condition& c) { on_condition(c); });
      return;
    case State::kStopping:
      if (pid_ < 0) {
        finish_stop();
        return;
      }
      log::warning("redis-server does not stop, killing it", {{"pid", pid_}});
      kill(-pid_, SIGKILL);
      return;
    case State::kCutting:
      say_that_it_takes_time("looking for the end of redis-server's file", {});
      return;
    case State::kIdle:
    case State::kUp:
    case State::kStopped:
      return;
  }
}

void EmbeddedRedis::Impl::lock_and_launch() {
  if (auto prepared = prepare_redis_folder(config_); !prepared) {
    fail_or_retry(prepared.error());
    return;
  }
  auto lock = lock_redis_folder(config_);
  if (lock) {
    cut_and_launch(std::move(*lock));
  } else if (lock.error().code == ErrorCode::kConflict) {
    // The server of a daemon that was killed is still writing its data: it ends by itself.
    say_that_it_takes_time("waiting for the redis-server of an earlier stintd to end", {});
    timer_.start(kFirstPause);
  } else {
    fail_or_retry(lock.error());
  }
}

void EmbeddedRedis::Impl::cut_and_launch(UniqueFd lock) {
  state_ = State::kCutting;
  timer_.start(kSayAfter);
  cut_half_script(loop_, append_only_folder(), std::move(lock), alive_, [this](UniqueFd held) {
    if (state_ == State::kCutting) {
      launch(std::move(held));
    }
  });
}

void EmbeddedRedis::Impl::launch(UniqueFd lock) {
  auto process = start_redis(config_, std::move(lock));
  if (!process) {
    fail_or_retry(process.error());
    return;
  }
  pid_ = process->pid;
  if (config_.durability != "always") {  // anew: a file that was cut may grow to its old size
    disk_sync_.emplace(loop_, append_only_folder());
  }
  log_ = {};
  output_.emplace(loop_, std::move(process->output),
                  Stream::Listener{[this](std::string_view bytes) { log_.feed(bytes); }, [] {}});
  log::debug("redis-server started", {{"pid", pid_}, {"socket", config_.redis.socket}});
  state_ = State::kStarting;
  since_ = now_mono();
  slowness_said_ = false;
  timer_.start(kProbeEvery);
}

void EmbeddedRedis::Impl::on_condition(const redis::Condition& condition) {
  if (state_ != State::kStarting) {
    return;
  }
  if (condition.kind == redis::Condition::Kind::kUp) {
    on_up();
    return;
  }
  say_that_it_takes_time(condition.kind == redis::Condition::Kind::kLoading
                             ? "redis-server is loading its data"
                             : "redis-server does not answer yet",
                         condition);
  timer_.start(kProbeEvery);
}

void EmbeddedRedis::Impl::say_that_it_takes_time(const char* event,
                                                 const redis::Condition& condition) {
  if (slowness_said_ || now_mono() - since_ < kSayAfter) {
    return;
  }
  slowness_said_ = true;
  if (condition.kind == redis::Condition::Kind::kLoading) {
    log::info(event, {{"percent", condition.loaded_percent}, {"eta_s", condition.eta_seconds}});
  } else {
    log::info(event);
  }
}

void EmbeddedRedis::Impl::on_up() {
  auto took = (now_mono() - since_).count();
  bool again = std::exchange(was_up_, true);
  state_ = State::kUp;
  since_ = now_mono();
  outage_said_ = false;
  log::info(again ? "redis-server is back" : "redis-server is ready",
            {{"pid", pid_}, {"socket", config_.redis.socket}, {"took_ms", took}});
  if (listener_.on_ready) {
    listener_.on_ready();
  }
}

bool EmbeddedRedis::Impl::on_child_exit(pid_t pid, int wait_status) {
  if (pid_ < 0 || pid != pid_) {
    return false;
  }
  kill(-pid_, SIGKILL);  // a child of it that rewrites its file would hold the lock
  pid_ = -1;
  output_->drain();  // its last words
  if (state_ == State::kStopping) {
    timer_.start(milliseconds{0});
    return true;
  }
  if (state_ == State::kUp && now_mono() - since_ > kWellAfter) {
    pause_.reset();
  }
  state_ = State::kEnded;
  how_it_ended_ = decode_wait_status(wait_status).describe();
  timer_.start(milliseconds{0});
  return true;
}

void EmbeddedRedis::Impl::on_ended() {
  std::string message = "redis-server " + std::exchange(how_it_ended_, "");
  if (auto words = log_.last_words(); !words.empty()) {
    message += ": " + words;
  }
  output_.reset();
  fail_or_retry({ErrorCode::kInternal, message});
}

void EmbeddedRedis::Impl::fail_or_retry(const Error& error) {
  if (!was_up_) {
    state_ = State::kStopped;
    listener_.on_failed(error);
    return;
  }
  state_ = State::kEnded;
  if (!std::exchange(outage_said_, true)) {
    log::error("the embedded Redis is gone, starting it again", {{"error", error.message}});
  }
  timer_.start(pause_.next());
}

void EmbeddedRedis::Impl::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  state_ = State::kStopping;
  if (pid_ < 0) {
    timer_.start(milliseconds{0});
    return;
  }
  kill(pid_, SIGTERM);
  kill(pid_, SIGCONT);  // a stopped process cannot act on TERM
  timer_.start(kStopWithin);
}

void EmbeddedRedis::Impl::finish_stop() {
  state_ = State::kStopped;
  output_.reset();
  disk_sync_.reset();
  log::debug("redis-server has ended");
  if (auto done = std::exchange(stopped_, nullptr)) {
    done();
  }
}

EmbeddedRedis::EmbeddedRedis(uv_loop_s* loop, const Config& config, Listener listener)
    : impl_(std::make_unique<Impl>(loop, config, std::move(listener))) {}
EmbeddedRedis::~EmbeddedRedis() = default;
void EmbeddedRedis::start() {
  impl_->start();
}
void EmbeddedRedis::stop(std::function<void()> done) {
  impl_->stop(std::move(done));
}
bool EmbeddedRedis::on_child_exit(pid_t pid, int wait_status) {
  return impl_->on_child_exit(pid, wait_status);
}
pid_t EmbeddedRedis::pid() const {
  return impl_->pid();
}

}  // namespace stint
