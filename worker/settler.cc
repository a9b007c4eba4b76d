// The other half of worker/last_will.h: what the process does that the worker has become.
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "common/control/boot_file.h"
#include "common/control/frames.h"
#include "common/exit_code.h"
#include "common/kill_point.h"
#include "common/log/log.h"
#include "common/redis/client.h"
#include "common/settlement/last_words.h"
#include "common/settlement/steps.h"
#include "worker/control_link.h"
#include "worker/last_will.h"

namespace stint {
namespace {

constexpr milliseconds kPatience{10'000};
constexpr milliseconds kConnectTimeout{2'000};
constexpr milliseconds kPause{200};

Obituary obituary(const Boot& boot, const control::FlightRecorder& recorder) {
  Obituary dead;
  dead.worker = boot.worker;
  dead.queues = boot.queues;
  dead.killed = true;
  dead.held = recorder.held();
  dead.words = recorder.last_words();
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
// others; the first so many, which are log lines, are not worth a second try then.
Result<void> settle(const Boot& boot, std::deque<redis::Command> steps, size_t droppable) {
  MonoTime deadline = now_mono() + kPatience;
  Result<redis::Client> client = Error{ErrorCode::kUnavailable, "not connected"};
  Result<void> refusal;
  while (!steps.empty()) {
    if (!client) {
      client =
          redis::Client::connect(boot.config.redis, kConnectTimeout, "stint-worker:" + boot.worker);
    }
    auto reply = client ? client->run(steps.front()) : Result<redis::OwnedReply>(client.error());
    bool refused = !reply && reply.error().code != ErrorCode::kUnavailable;
    if (reply || (refused && droppable > 0)) {
      steps.pop_front();
      droppable -= droppable > 0 ? 1 : 0;
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

int run_settler(int exit_code) {
  kill_points_of("settler");
  kill_point("at", "settler start");
  auto boot = read_boot(control::kControlFd);
  auto recorder = control::FlightRecorder::attach(control::kRecorderFd);
  if (!boot || !recorder) {
    return to_int(ExitCode::kInternal);
  }
  log::open("stint-worker", boot->config.log_level, boot->config.log_format);
  Obituary dead = obituary(*boot, *recorder);
  auto words = last_words(boot->config.ns, dead);
  auto steps = settlement_steps(boot->config, boot->worker, plan_settlement(dead));
  size_t droppable = words.size();
  steps.insert(steps.begin(), std::make_move_iterator(words.begin()),
               std::make_move_iterator(words.end()));
  auto settled = settle(*boot, std::move(steps), droppable);
  if (!settled) {
    log::error("what this worker holds is left to the sweep", {{"why", settled.error().message}});
  }
  return exit_code;
}

}  // namespace stint
