#include "worker/worker.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <thread>
#include <utility>

#include "common/exit_code.h"
#include "common/log/log.h"
#include "worker/last_will.h"
#include "worker/plugin_host/host_api.h"

namespace stint {

namespace {

constexpr milliseconds kSecond{1'000};
constexpr milliseconds kClosePatience{10'000};
constexpr int kMostTurns = 16;  // at one go; the loop must see its sockets again

redis::Connection::Options command_options(const Boot& boot) {
  redis::Connection::Options options;
  options.url = boot.config.redis;
  options.name = "stint-worker:" + boot.worker;
  return options;
}

Lane make_lane(const Boot& boot, const TaskTable& tasks, uint32_t index) {
  const std::string& name = boot.queues[index];
  const auto& known = boot.config.queues;
  auto found = std::find_if(known.begin(), known.end(),
                            [&name](const QueueConfig& queue) { return queue.name == name; });
  QueueConfig queue = found == known.end() ? QueueConfig{} : *found;
  Limits limits = queue_limits(queue);
  return {index,
          queue.weight,
          Keys(boot.config.ns, name),
          {queue.keep_max, queue.keep_bytes},
          limits,
          tasks.shortest_lease(limits, kClaimLease),
          {}};
}

// A close() that never returns must not keep the worker.
void close_plugins(const std::vector<Plugin>& plugins, int exit_code) {
  std::thread([exit_code] {
    std::this_thread::sleep_for(kClosePatience);
    log::warning("a plugin's close does not return, exiting without");
    ::_exit(exit_code);
  }).detach();
  for (const Plugin& plugin : plugins) {
    plugin.close();
  }
}

milliseconds limit_of(std::string_view payload) {
  int64_t ms = 0;
  std::from_chars(payload.data(), payload.data() + payload.size(), ms);
  return milliseconds(std::max<int64_t>(ms, 0));
}

}  // namespace

Worker::Worker(Start start)
    : start_(std::move(start)),
      stock_([this] { uv_async_send(&wake_); }),
      redis_((STINT_CHECK(uv_loop_init(&loop_) == 0), &loop_), command_options(start_.boot),
             {[this](const redis::ServerInfo& server) { greeter_->greet(server); },
              [this](const Error& error) { on_redis_down(error); }}),
      context_{&loop_, start_.boot, start_.tasks, start_.recorder,
               jobs_,  stock_,      redis_,       [this] { changed_ = true; }} {
  wake_.data = this;
  before_sleep_.data = this;
  STINT_CHECK(uv_async_init(&loop_, &wake_, [](uv_async_t* handle) {
                static_cast<Worker*>(handle->data)->changed_ = true;
              }) == 0);
  uv_prepare_init(&loop_, &before_sleep_);
  uv_prepare_start(&before_sleep_,
                   [](uv_prepare_t* handle) { static_cast<Worker*>(handle->data)->turn(); });
  connect_host_functions(jobs_, stock_);
  open_queues();
  open_control();
}

void Worker::open_queues() {
  for (uint32_t i = 0; i < start_.boot.queues.size(); ++i) {
    queues_.push_back(
        std::make_unique<QueueRunner>(context_, make_lane(start_.boot, start_.tasks, i), [this] {
          log::error("this worker was declared dead by others, it exits");
          begin_stop(start_.boot.config.shutdown_timeout);
        }));
  }
  dispatcher_ = std::make_unique<Dispatcher>(context_, queues_);
  announcer_ = std::make_unique<Announcer>(context_, queues_, [this] { say_ready(); });
  greeter_ = std::make_unique<RedisGreeter>(
      context_,
      RedisGreeter::Listener{[this](const redis::ServerInfo& server) { on_redis_good(server); },
                             [this](const std::string& reason) { refuse(reason); }});
  watch_ = std::make_unique<RunWatch>(
      context_,
      RunWatch::Listener{[this] { changed_ = true; }, [this](Job& job) { on_overdue(job); }});
  shutdown_ = std::make_unique<Shutdown>(context_, queues_, *watch_,
                                         [this](bool abandoned) { on_over(abandoned); });
  second_ = std::make_unique<Timer>(&loop_, [this] { on_second(); });
}

void Worker::open_control() {
  if (start_.boot.supervised) {
    control_ = std::make_unique<ControlLink>(
        &loop_, UniqueFd(control::kControlFd),
        ControlLink::Listener{
            [this](control::FrameType type, std::string_view payload) { on_frame(type, payload); },
            [this] { on_orphaned(); }});
    return;
  }
  shutdown_->be_alone();
  watch_->enforce();
  signals_ = std::make_unique<StandaloneSignals>(
      &loop_, StandaloneSignals::Listener{
                  [this] { begin_stop(start_.boot.config.shutdown_timeout); },
                  [this] { shutdown_->hand_back_now(); }, [this](bool on) { pause(on); }});
}

void Worker::watch_output() {
  if (!control_ || start_.boot.config.slots != 1) {
    return;  // nobody reads it for us; or nobody can say whose line it is
  }
  output_ = OutputWatch::open(start_.recorder.table(), [this] { uv_async_send(&wake_); });
  prints_ = std::make_unique<PrintCollector>(context_, queues_);
}

int Worker::run() {
  watch_output();
  for (uint32_t i = 0; i < static_cast<uint32_t>(start_.boot.config.slots); ++i) {
    slots_.push_back(std::make_unique<Slot>(i, stock_, jobs_, start_.recorder, output_.get()));
  }
  on_second();
  second_->start(kSecond, kSecond);
  redis_.open();
  uv_run(&loop_, UV_RUN_DEFAULT);
  return exit_code_;
}

void Worker::on_frame(control::FrameType type, std::string_view payload) {
  switch (type) {
    case control::FrameType::kPause:
      pause(true);
      return;
    case control::FrameType::kContinue:
      pause(false);
      return;
    case control::FrameType::kDrain:
      announcer_->retire();
      shutdown_->drain();
      return;
    case control::FrameType::kStop:
      begin_stop(limit_of(payload));
      return;
    case control::FrameType::kLook:
      for (const auto& queue : queues_) {
        queue->on_look();
      }
      return;
    case control::FrameType::kPrinted:
      if (prints_) {
        prints_->take(payload);
      }
      return;
    case control::FrameType::kOutputRead:
      if (output_) {
        output_->on_read(payload);
      }
      return;
    case control::FrameType::kBoot:
    case control::FrameType::kReady:
    case control::FrameType::kFailed:
    case control::FrameType::kReadOutput:
      log::error("a control frame that is not for a running worker");
      return;
  }
}

void Worker::on_orphaned() {
  log::warning("the supervisor is gone, this worker finishes what it can and exits");
  if (output_) {
    output_->give_up();
  }
  shutdown_->be_alone();
  watch_->enforce();
  begin_stop(start_.boot.config.shutdown_timeout);
}

void Worker::on_redis_good(const redis::ServerInfo& server) {
  announcer_->start();
  for (const auto& queue : queues_) {
    queue->on_ready(server);
  }
  changed_ = true;
}

// Not before Redis knows of it: who submits as soon as the service is ready would be told that
// nobody serves the queue.
void Worker::say_ready() {
  if (control_ && !std::exchange(ready_said_, true)) {
    control_->send(control::FrameType::kReady);
  }
}

void Worker::on_redis_down(const Error& error) {
  greeter_->on_down(error);
  announcer_->stop();
  for (const auto& queue : queues_) {
    queue->on_down();
  }
  changed_ = true;  // who leaves need not wait for it any more
}

void Worker::on_second() {
  start_.recorder.table().beat_ns.store(now_mono().ns, std::memory_order_relaxed);
  for (const auto& queue : queues_) {
    queue->on_second();
  }
  if (jobs_.held() > 0) {
    watch_->wake();
  }
  int64_t max_rss = start_.boot.config.max_rss;
  if (max_rss > 0 && resident_bytes() > max_rss) {
    recycle("max_rss");
  }
}

void Worker::on_overdue(Job& job) {
  const auto& entry = start_.recorder.table().entries[job.index];
  uint32_t kind = entry.kill_kind.load(std::memory_order_relaxed);
  exit_code_ = to_int(ExitCode::kRecycle);
  bool timed = kind != control::kKillInterrupted;
  shutdown_->give_up_on(job, timed ? static_cast<EndKind>(kind) : EndKind::kLost);
}

// Runs before the loop sleeps: whatever was changed by this round's callbacks is acted upon once,
// in one batch.
void Worker::turn() {
  for (int i = 0; i < kMostTurns && std::exchange(changed_, false); ++i) {
    turn_once();
  }
  if (changed_) {
    uv_async_send(&wake_);
  }
}

void Worker::turn_once() {
  if (auto number = output_ ? output_->asked() : std::nullopt) {
    control_->send(control::FrameType::kReadOutput, *number);
  }
  collect();
  bool busy = watch_->all_busy_long();
  if (busy && stock_.levels().waiting > 0) {
    for (const auto& queue : queues_) {
      queue->give_back(Release::How::kFree, [](const Job&) { return true; });
    }
  }
  for (const auto& queue : queues_) {
    queue->flush();
  }
  dispatcher_->balance(busy || shutdown_->begun() || paused_);
  if (jobs_.held() > 0) {
    watch_->wake();
  }
  shutdown_->check();
}

void Worker::collect() {
  ended_.clear();
  asked_.clear();
  stock_.collect(ended_, asked_);
  for (uint32_t index : ended_) {
    Job& job = jobs_[index];
    if (job.stage == Stage::kStock) {  // else handed back while it ran
      queues_[job.queue]->on_ended(job);
    }
  }
  auto& total = start_.recorder.table().jobs_ended;
  uint64_t ended = total.fetch_add(ended_.size(), std::memory_order_relaxed) + ended_.size();
  int64_t max_jobs = start_.boot.config.max_jobs;
  if (max_jobs > 0 && ended >= static_cast<uint64_t>(max_jobs)) {
    recycle("max_jobs");
  }
  for (uint32_t index : asked_) {
    if (jobs_[index].stage == Stage::kStock) {
      queues_[jobs_[index].queue]->on_asked(jobs_[index]);
    }
  }
}

void Worker::recycle(std::string_view why) {
  if (shutdown_->begun()) {
    return;
  }
  log::info("this worker is to be replaced", {{"limit", why}});
  exit_code_ = to_int(ExitCode::kRecycle);
  announcer_->set_state("draining");
  shutdown_->drain();
}

void Worker::pause(bool on) {
  if (shutdown_->begun() || std::exchange(paused_, on) == on) {
    return;
  }
  for (const auto& queue : queues_) {
    on ? queue->pause() : queue->resume();
  }
  announcer_->set_state(on ? "paused" : "running");
  changed_ = true;
}

void Worker::begin_stop(milliseconds limit) {
  announcer_->set_state("stopping");
  shutdown_->stop(limit);
}

void Worker::on_over(bool abandoned) {
  if (!abandoned) {
    if (output_) {
      output_->give_up();
    }
    stock_.close();
    slots_.clear();  // joins
    close_plugins(start_.plugins, exit_code_);
  }
  if (shutdown_->alone()) {
    become_settler(start_.boot, start_.recorder, exit_code_);
  }
  uv_stop(&loop_);
}

// The configuration's fault: no restart will help. What is held is settled by the supervisor, or by
// the sweep.
void Worker::refuse(const std::string& reason) {
  if (control_) {
    control_->send(control::FrameType::kFailed, reason);
  } else {
    log::error("cannot run", {{"error", reason}});
  }
  exit_code_ = to_int(ExitCode::kConfig);
  uv_stop(&loop_);
}

}  // namespace stint
