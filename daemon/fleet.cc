#include "daemon/fleet.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "common/exit_code.h"
#include "common/log/log.h"
#include "common/settlement/last_words.h"

namespace stint {
namespace {

constexpr milliseconds kTick{250};
constexpr milliseconds kTickLate{1'000};
// For one that was never ready. It may sit in a plugin's open for ever, or be about to begin: then
// it hands back what it has.
constexpr milliseconds kNoTime{1};

ExitCause exit_cause(const WorkerHandle& worker, ExitStatus status, WorkerState before) {
  if (!worker.refusal().empty() || status.exited_with(to_int(ExitCode::kConfig))) {
    return ExitCause::kRefused;
  }
  if ((before == WorkerState::kKilling && !worker.was_stuck()) ||
      status.exited_with(to_int(ExitCode::kOk)) || status.exited_with(to_int(ExitCode::kRecycle))) {
    return ExitCause::kPlanned;
  }
  return ExitCause::kDied;
}

// One that never was ready, and was refused or not wanted any more, has its reason said elsewhere.
log::Level level_of_end(const WorkerHandle& worker, ExitStatus status) {
  bool is_said = !worker.refusal().empty() || worker.state() == WorkerState::kKilling;
  if (!worker.was_ready() && is_said) {
    return log::Level::kDebug;
  }
  bool planned =
      status.signal == 0 && (status.code == 0 || status.code == to_int(ExitCode::kRecycle));
  return planned ? log::Level::kInfo : log::Level::kWarning;
}

}  // namespace

Fleet::Fleet(Options options, Settlements& settlements, Listener listener)
    : options_(std::move(options)),
      settlements_(settlements),
      listener_(std::move(listener)),
      give_way_(options_.loop, [this] { give_way(); }),
      tick_(options_.loop, [this] { tick(); }),
      refill_(options_.loop, [this] { refill(); }) {}

void Fleet::start(const ConfigPtr& config) {
  for (auto& plan : plan_posts(*config)) {
    auto post = std::make_unique<Post>();
    post->plan = std::move(plan);
    post->config = config;
    posts_.push_back(std::move(post));
  }
  last_tick_ = now_mono();
  tick_.start(kTick, kTick);
  for (auto& post : posts_) {
    fill(*post);
  }
}

Result<Fleet::Owned> Fleet::launch(const PostPlan& plan, const ConfigPtr& config) {
  WorkerHandle::Launch launch;
  launch.loop = options_.loop;
  launch.binary = options_.binary;
  launch.boot.worker = options_.id_stem + "." + std::to_string(++last_worker_);
  launch.boot.index = plan.index;
  launch.boot.host = options_.host;
  launch.boot.queues = plan.queues;
  launch.boot.config = *config;
  launch.on_ready = [this](WorkerHandle& worker) { on_ready(worker); };
  auto worker = WorkerHandle::start(std::move(launch));
  if (worker && paused_) {
    (*worker)->pause();
  }
  return worker;
}

void Fleet::fill(Post& post) {
  if (stopping_ || post.worker) {
    return;
  }
  auto worker = launch(post.plan, post.config);
  if (worker) {
    post.worker = std::move(*worker);
    return;
  }
  RestartQuestion question;
  question.cause = ExitCause::kDied;
  restart_later(post, question, worker.error().message);
}

void Fleet::on_ready(WorkerHandle& worker) {
  if (!stopping_ && !std::exchange(any_ready_, true)) {
    listener_.on_first_ready();
  }
  for (auto& post : posts_) {
    if (post->worker.get() == &worker) {
      post->said = false;
    }
    if (post->next.get() != &worker) {
      continue;
    }
    take_over(*post);
    return;  // a roll's end may have changed the posts
  }
}

void Fleet::restart_later(Post& post, const RestartQuestion& question, const std::string& why) {
  RestartDecision decision = decide_restart(question, post.tally);
  if (decision.kind == RestartDecision::Kind::kGiveUp) {
    listener_.on_refused_at_start(why);
    return;
  }
  auto fill_again = [this, at = &post] { fill(*at); };
  post.restart = std::make_unique<Timer>(options_.loop, fill_again);
  if (decision.kind == RestartDecision::Kind::kNow) {
    post.refill = true;
    refill_.wake();
    return;
  }
  if (!post.said) {
    post.said = !question.was_ready;
    log::warning(question.was_ready ? "worker dies again and again; its replacement waits"
                                    : "worker cannot start; trying again",
                 {{"post", post.plan.index}, {"delay_ms", decision.delay.count()}, {"why", why}});
  }
  post.restart->start(decision.delay);
}

// Not in the turn in which the dead worker was reaped, nor before the end of the next, in which its
// settlement is written: a fork on a busy machine takes longer than all of that.
void Fleet::refill() {
  for (auto& post : posts_) {
    if (std::exchange(post->refill, false) && post->restart) {
      post->restart->start(milliseconds{0});
    }
  }
}

void Fleet::take_over(Post& post) {
  leave(std::move(post.worker));
  post.worker = std::move(post.next);
  post.plan.queues = post.worker->boot().queues;
  post.config = rolling_;
  post.tally = {};
  post.restart.reset();
  if (roll_) {
    if (post.plan.index == 0) {
      listener_.on_rolled(rolling_);
    }
    roll_->ready(post.plan.index);
  }
}

WorkerHandle* Fleet::find(pid_t pid) {
  WorkerHandle* found = nullptr;
  for_each([&](WorkerHandle& worker) {
    if (worker.pid() == pid) {
      found = &worker;
    }
  });
  return found;
}

void Fleet::settle(WorkerHandle& worker, ExitStatus status, const Config& config) {
  jobs_ended_ += worker.jobs_ended();
  auto lines = worker.last_lines();
  auto level = level_of_end(worker, status);
  Obituary dead = worker.exited(status);
  auto batches = last_words(config.ns, dead);
  for (auto& one : lines) {
    if (one.queue < worker.boot().queues.size()) {
      batches.push_back(
          append_log(Keys(config.ns, worker.boot().queues[one.queue]), {&one.batch, 1}));
    }
  }
  log::event(level, "worker ended",
             {{"worker", dead.worker},
              {"pid", worker.pid()},
              {"how", status.describe()},
              {"held", dead.held.size()}});
  settlements_.add(config, dead, std::move(batches));
}

void Fleet::exited(pid_t pid, ExitStatus status) {
  auto is_it = [pid](const Owned& worker) { return worker && worker->pid() == pid; };
  for (auto& post : posts_) {
    if (is_it(post->worker)) {
      bool job_running = post->worker->jobs_running() > 0;
      post_lost(*post, std::move(post->worker), status, job_running);
      break;
    }
    if (is_it(post->next)) {
      next_lost(*post, std::move(post->next), status);
      break;
    }
  }
  auto left = std::find_if(leaving_.begin(), leaving_.end(), is_it);
  if (left != leaving_.end()) {
    Owned worker = std::move(*left);
    leaving_.erase(left);
    settle(*worker, status, worker->boot().config);
  }
  if (stopping_ && processes() == 0) {
    listener_.on_empty();
  }
}

void Fleet::post_lost(Post& post, Owned worker, ExitStatus status, bool job_running) {
  RestartQuestion question;
  question.cause = exit_cause(*worker, status, worker->state());
  question.phase = any_ready_ ? RestartPhase::kLater : RestartPhase::kAtStart;
  question.was_ready = worker->was_ready();
  question.job_running = job_running;
  question.jobs_ended = worker->jobs_ended();
  question.lived = now_mono() - worker->started();
  settle(*worker, status, worker->boot().config);
  if (!stopping_) {
    restart_later(post, question,
                  worker->refusal().empty() ? status.describe() : worker->refusal());
  }
}

void Fleet::next_lost(Post& post, Owned worker, ExitStatus status) {
  settle(*worker, status, worker->boot().config);
  if (roll_ && !stopping_ && wanted_) {
    roll_->refused(post.plan.index);
  } else if (roll_ && !stopping_) {
    log::error("the new workers cannot start; the old ones stay",
               {{"why", worker->refusal().empty() ? status.describe() : worker->refusal()}});
    roll_->refused(post.plan.index);
  }
}

void Fleet::leave(Owned worker) {
  if (!worker) {
    return;
  }
  if (worker->was_ready()) {
    worker->drain(worker->boot().config.drain_timeout);
  } else {
    worker->stop(kNoTime);
  }
  leaving_.push_back(std::move(worker));
}

void Fleet::tick() {
  MonoTime now = now_mono();
  bool late = now - last_tick_ > kTick + kTickLate;
  last_tick_ = now;
  for_each([now, late](WorkerHandle& worker) {
    worker.check_kill_times(now);
    // We slept, and so perhaps did they: one more round for them to show that they live. A kill_at
    // is no sign of life: it stands for what Redis was told, and stays true however late it is
    // read.
    if (!late) {
      worker.check_life(now, stuck_after(worker.boot().config));
    }
  });
}

void Fleet::stop(milliseconds limit) {
  stopping_ = true;
  roll_.reset();
  for (auto& post : posts_) {
    post->restart.reset();
  }
  for_each([limit](WorkerHandle& worker) {
    if (worker.was_ready()) {
      worker.stop(limit);
    } else {
      worker.kill("it is still starting");  // it has no jobs, and may sit in a plugin's open
    }
  });
  if (processes() == 0) {
    listener_.on_empty();
  }
}

void Fleet::pause() {
  paused_ = true;
  for_each([](WorkerHandle& worker) { worker.pause(); });
}

void Fleet::resume() {
  paused_ = false;
  for_each([](WorkerHandle& worker) { worker.resume(); });
}

void Fleet::look() {
  for_each([](WorkerHandle& worker) { worker.look(); });
}

void Fleet::look(std::string_view worker_id) {
  for_each([&](WorkerHandle& worker) {
    if (worker.id() == worker_id) {
      worker.look();
    }
  });
}

}  // namespace stint
