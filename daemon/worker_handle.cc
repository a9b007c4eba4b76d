#include "daemon/worker_handle.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "common/kill_point.h"
#include "common/log/log.h"
#include "common/text/text.h"
#include "daemon/kill_pause.h"
#include "daemon/spawn.h"

namespace stint {
namespace {

using control::FrameType;

constexpr milliseconds kSlowStart{30'000};
constexpr milliseconds kKillAgain{
    1'000};  // a process in the kernel's uninterruptible sleep takes its time

struct FdPair {
  UniqueFd ours, theirs;
};

Error fd_error(const char* what) {
  return {ErrorCode::kInternal, std::string("cannot start a worker: ") + what + ": " +
                                    std::system_category().message(errno)};
}

Result<FdPair> make_pipe() {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) {
    return fd_error("pipe");
  }
  return FdPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<FdPair> make_socket_pair() {
  std::array<int, 2> fds{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    return fd_error("socketpair");
  }
  return FdPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// The number comes from shared memory that a task can reach.
EndKind kill_kind(uint32_t number) {
  if (number == static_cast<uint32_t>(EndKind::kTimeout)) {
    return EndKind::kTimeout;
  }
  return number == static_cast<uint32_t>(EndKind::kCancelled) ? EndKind::kCancelled
                                                              : EndKind::kLost;
}

}  // namespace

WorkerHandle::WorkerHandle(Launch launch, control::FlightRecorder recorder)
    : launch_(std::move(launch)),
      recorder_(std::move(recorder)),
      kill_timer_(launch_.loop,
                  [this] {
                    signal_group(SIGKILL);
                    kill_timer_.start(kKillAgain);
                  }),
      limit_timer_(launch_.loop, [this] { on_limit(); }) {}

WorkerHandle::~WorkerHandle() {
  if (pid_ > 0 && state_ != WorkerState::kSettled) {
    signal_group(SIGKILL);
  }
}

Result<std::unique_ptr<WorkerHandle>> WorkerHandle::start(Launch launch) {
  auto recorder = control::FlightRecorder::create(static_cast<uint32_t>(launch.boot.config.slots));
  if (!recorder) {
    return recorder.error();
  }
  std::unique_ptr<WorkerHandle> handle(new WorkerHandle(std::move(launch), std::move(*recorder)));
  if (auto launched = handle->launch(); !launched) {
    return launched.error();
  }
  return handle;
}

Result<void> WorkerHandle::launch() {
  auto control = make_socket_pair();
  auto out = make_pipe();
  auto err = make_pipe();
  for (const auto* pair : {&control, &out, &err}) {
    if (!*pair) {
      return pair->error();
    }
  }
  SpawnRequest request;
  request.binary = launch_.binary;
  request.argv = {"stint-worker", launch_.boot.worker};
  request.env = worker_environment(environ);
  request.control = control->theirs.get();
  request.recorder = recorder_.fd();
  request.out = out->theirs.get();
  request.err = err->theirs.get();
  auto pid = spawn(request);
  if (!pid) {
    return pid.error();
  }
  pid_ = *pid;
  started_ = now_mono();
  auto on_data = [this](std::string_view bytes) {
    auto fed = decoder_.feed(
        bytes, [this](FrameType type, std::string_view payload) { on_frame(type, payload); });
    if (!fed && state_ == WorkerState::kStarting) {
      kill(fed.error().message);
    } else if (!fed) {
      log::error(
          "a task has written to its worker's control socket: what jobs print there may be "
          "missing in their logs from now on",
          {{"worker", id()}, {"pid", pid_}, {"why", fed.error().message}});
    }
  };
  control_ = std::make_unique<Stream>(launch_.loop, std::move(control->ours),
                                      Stream::Listener{on_data, nullptr});
  OutputRelay::Options options{id(), nullptr};
  if (launch_.boot.config.slots == 1) {
    options.hand_back = [this](std::string_view printed) { send(FrameType::kPrinted, printed); };
  }
  relay_ = std::make_unique<OutputRelay>(launch_.loop, std::move(out->ours), std::move(err->ours),
                                         recorder_, std::move(options));
  send(FrameType::kBoot, boot_to_json(launch_.boot));
  return {};
}

bool WorkerHandle::apply(WorkerEvent event) {
  auto to = next(state_, event);
  if (!to) {
    log::debug("worker event out of turn",
               {{"worker", id()}, {"state", to_string(state_)}, {"event", to_string(event)}});
    return false;
  }
  state_ = *to;
  return true;
}

void WorkerHandle::send(FrameType type, std::string_view payload) {
  control_->write(control::encode(type, payload));
}

void WorkerHandle::on_frame(FrameType type, std::string_view payload) {
  if (type == FrameType::kReady && apply(WorkerEvent::kReady)) {
    if (state_ == WorkerState::kKilling) {
      return;  // TERM may have ended the call on which its plugin's open hung; KILL is on its way
    }
    was_ready_ = true;
    log::info("worker ready", {{"worker", id()}, {"pid", pid_}});
    launch_.on_ready(*this);
  } else if (type == FrameType::kReadOutput) {
    relay_->read_now();
    send(FrameType::kOutputRead, payload);
  } else if (type == FrameType::kFailed && apply(WorkerEvent::kFailed)) {
    refusal_ = payload.empty() ? "it did not say why" : escape(payload, 4000);
  }
}

void WorkerHandle::drain(milliseconds limit) {
  if (!apply(WorkerEvent::kStop)) {
    return;
  }
  send(FrameType::kDrain);
  if (limit.count() > 0) {
    limit_timer_.start(limit);
  }
}

void WorkerHandle::stop(milliseconds limit) {
  if (!apply(WorkerEvent::kStop)) {
    return;
  }
  send(FrameType::kStop, std::to_string(limit.count()));
  stop_sent_ = true;
  limit_timer_.stop();
  if (limit.count() > 0) {
    limit_timer_.start(limit + kStopMargin);
  }
}

void WorkerHandle::on_limit() {
  if (stop_sent_) {
    kill("it did not end within its limit");
  } else {
    stop(std::max(launch_.boot.config.shutdown_timeout, milliseconds{1}));
  }
}

void WorkerHandle::pause() {
  send(FrameType::kPause);
}
void WorkerHandle::resume() {
  send(FrameType::kContinue);
}
void WorkerHandle::look() {
  send(FrameType::kLook);
}

void WorkerHandle::kill(std::string_view why) {
  if (state_ == WorkerState::kKilling || !apply(WorkerEvent::kKill)) {
    return;
  }
  // One that is still starting holds nothing, and whoever changed their mind has said so.
  log::event(was_ready_ ? log::Level::kWarning : log::Level::kDebug, "killing worker",
             {{"worker", id()}, {"pid", pid_}, {"why", why}});
  signal_group(SIGTERM);
  signal_group(SIGCONT);
  kill_timer_.start(term_to_kill(recorder_.held(), now_mono()));
}

void WorkerHandle::signal_group(int signal) const {
  if (::kill(-pid_, signal) != 0 && errno == ESRCH) {
    (void)::kill(pid_, signal);
  }
}

void WorkerHandle::end_group() const {
  (void)::kill(-pid_, SIGKILL);
}

void WorkerHandle::check_kill_times(MonoTime now) {
  if (state_ == WorkerState::kKilling || state_ == WorkerState::kSettled) {
    return;
  }
  for (const auto& entry : recorder_.held()) {
    if (entry.state == control::EntryState::kStarted && entry.kill_at.ns != 0 &&
        entry.kill_at <= now) {
      blamed_.push_back({entry.id, entry.token, kill_kind(entry.kill_kind),
                         entry.kill_kind == control::kKillInterrupted});
    }
  }
  if (blamed_.empty()) {
    return;
  }
  kill("a job is past its end: " + std::string(to_string(blamed_.front().kind)));
  if (blamed_.front().kind == EndKind::kLost) {
    kill_timer_.start(milliseconds{1});  // its lease runs out: no time to be asked
  }
}

void WorkerHandle::check_life(MonoTime now, milliseconds stuck_after) {
  if (state_ == WorkerState::kKilling || state_ == WorkerState::kSettled) {
    return;
  }
  MonoTime beat{recorder_.table().beat_ns.load()};
  if (was_ready_ && beat.ns != 0 && now - beat > stuck_after) {
    stuck_ = true;
    kill("its loop stands still");
  }
  if (state_ == WorkerState::kStarting && !slow_said_ && now - started_ > kSlowStart) {
    slow_said_ = true;
    log::warning("worker is not ready yet: a plugin's open takes its time, or Redis is away",
                 {{"worker", id()}, {"pid", pid_}});
  }
}

Obituary WorkerHandle::exited(ExitStatus status) {
  kill_point("at", "worker reaped");
  Obituary dead;
  dead.worker = id();
  dead.queues = launch_.boot.queues;
  dead.exit = status;
  dead.killed = state_ == WorkerState::kKilling;
  dead.leaving = state_ == WorkerState::kStopping;
  dead.stuck = stuck_;
  dead.blamed = blamed_;
  dead.held = recorder_.held();
  dead.backtrace = recorder_.crash_text();
  if (!dead.held.empty()) {
    dead.words = recorder_.last_words();
  }
  dead.at_ms = now_wall_ms();
  kill_timer_.stop();
  limit_timer_.stop();
  (void)apply(WorkerEvent::kExit);
  return dead;
}

uint64_t WorkerHandle::jobs_ended() const {
  return recorder_.table().jobs_ended.load();
}

size_t WorkerHandle::jobs_running() const {
  auto held = recorder_.held();
  return static_cast<size_t>(std::count_if(held.begin(), held.end(), [](const auto& entry) {
    return entry.state == control::EntryState::kStarted;
  }));
}

}  // namespace stint
