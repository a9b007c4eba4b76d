#include "worker/last_will.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "common/control/boot_file.h"
#include "common/control/frames.h"
#include "common/exit_code.h"
#include "common/kill_point.h"
#include "common/log/log.h"
#include "common/redis/client.h"
#include "common/settlement/steps.h"
#include "worker/control_link.h"

namespace stint {
namespace {

constexpr milliseconds kPatience{10'000};
constexpr milliseconds kConnectTimeout{2'000};
constexpr milliseconds kPause{200};

Result<void> hand_over_all(const Boot& boot, const control::FlightRecorder& recorder) {
  // Clear of the number that the boot frame takes.
  UniqueFd table(::fcntl(recorder.fd(), F_DUPFD_CLOEXEC, 16));
  if (!table) {
    return Error{ErrorCode::kInternal,
                 "cannot settle: fcntl: " + std::system_category().message(errno)};
  }
  if (auto placed = control::place_boot(boot); !placed) {
    return placed;
  }
  return control::hand_over(table.get(), control::kRecorderFd);
}

Obituary obituary(const Boot& boot, const control::FlightRecorder& recorder) {
  Obituary dead;
  dead.worker = boot.worker;
  dead.queues = boot.queues;
  dead.killed = true;
  dead.held = recorder.held();
  dead.at_ms = now_wall_ms();
  MonoTime now = now_mono();
  for (const auto& entry : dead.held) {
    auto kind = static_cast<EndKind>(entry.kill_kind);
    bool known = kind == EndKind::kTimeout || kind == EndKind::kCancelled;
    if (entry.state == control::EntryState::kStarted && entry.kill_at.ns != 0 &&
        entry.kill_at <= now) {
      dead.blamed.push_back({entry.id, entry.token, known ? kind : EndKind::kLost,
                             entry.kill_kind == control::kKillInterrupted});
    }
  }
  return dead;
}

// Every step until Redis has done it, or time is up. One that it went on refusing does not keep the
// others.
Result<void> settle(const Boot& boot, std::deque<redis::Command> steps) {
  MonoTime deadline = now_mono() + kPatience;
  Result<redis::Client> client = Error{ErrorCode::kUnavailable, "not connected"};
  Result<void> refusal;
  while (!steps.empty()) {
    if (!client) {
      client =
          redis::Client::connect(boot.config.redis, kConnectTimeout, "stint-worker:" + boot.worker);
    }
    kill_point("before", "settling");
    auto reply = client ? client->run(steps.front()) : Result<redis::OwnedReply>(client.error());
    kill_point("after", "settling");
    bool refused = !reply && reply.error().code != ErrorCode::kUnavailable;
    if (reply) {
      steps.pop_front();
    } else if (now_mono() > deadline && !refused) {
      return reply.error();
    } else if (now_mono() > deadline) {
      refusal = reply.error();
      steps.pop_front();
    } else {
      if (!refused) {
        client = reply.error();
      }
      std::this_thread::sleep_for(kPause);
    }
  }
  return refusal;
}

}  // namespace

void become_settler(const Boot& boot, const control::FlightRecorder& recorder, int exit_code) {
  if (auto handed = hand_over_all(boot, recorder); !handed) {
    log::error("what this worker holds is left to the sweep", {{"why", handed.error().message}});
    return;
  }
  // Only flags change, so that tasks, which still run, lose nothing before exec ends them.
  (void)::close_range(control::kRecorderFd + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  struct itimerval none {};
  for (auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
    (void)::setitimer(timer, &none, nullptr);  // a task's alarm would survive exec
  }
  // Exec takes the handlers away, and a second TERM must not end what the first one began. Blocked,
  // and for good: no task of another thread can undo that, as it could an SIG_IGN. It ends by
  // itself.
  sigset_t ends{};
  sigemptyset(&ends);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&ends, number);
  }
  (void)::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::array<std::string, 3> words{"stint-worker", "--settle", std::to_string(exit_code)};
  std::array<char*, 4> argv{words[0].data(), words[1].data(), words[2].data(), nullptr};
  kill_point("before", "last will");
  ::execv("/proc/self/exe", argv.data());
  log::error("what this worker holds is left to the sweep",
             {{"why", "exec: " + std::system_category().message(errno)}});
}

int run_settler(int exit_code) {
  auto boot = read_boot(control::kControlFd);
  auto recorder = control::FlightRecorder::attach(control::kRecorderFd);
  if (!boot || !recorder) {
    return to_int(ExitCode::kInternal);
  }
  auto level = log::parse_level(boot->config.log_level);
  log::open("stint-worker", level ? *level : log::Level::kInfo);
  auto plans = plan_settlement(obituary(*boot, *recorder));
  auto settled = settle(*boot, settlement_steps(boot->config, boot->worker, plans));
  if (!settled) {
    log::error("what this worker holds is left to the sweep", {{"why", settled.error().message}});
  }
  return exit_code;
}

}  // namespace stint
