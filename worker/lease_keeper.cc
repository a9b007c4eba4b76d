#include "worker/lease_keeper.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "worker/kill_time.h"

namespace stint {

namespace {

constexpr milliseconds kLongestPause{10'000};

milliseconds pause_for(milliseconds lease, bool again_soon = false) {
  return again_soon ? std::min(lease / 9, kRefusedPause) : std::min(lease / 3, kLongestPause);
}

}  // namespace

void update_kill_at(Context& context, const Job& job) {
  if (job.started() == MonoTime{} || job.stage != Stage::kStock) {
    return;
  }
  bool fenced = job.stop_reason() == StopReason::kLeaseLost && !job.lost;
  AttemptTimes times{job.started(), job.renewed(), job.lease(), job.told, job.cancelled, fenced};
  KillTime kill = kill_time(times, job.limits);
  context.recorder.set_kill_at(
      static_cast<int>(job.index), kill.at,
      kill.interrupted ? control::kKillInterrupted : static_cast<uint32_t>(kill.kind),
      kill.dead_by);
}

LeaseKeeper::LeaseKeeper(Context& context, const Lane& lane, Listener listener)
    : context_(context),
      lane_(lane),
      listener_(std::move(listener)),
      timer_(context.loop, [this] { on_time(); }) {}

// Not one that has ended: its answer may come even after that of its end, since a beat that met a
// Redis without its script is sent again, behind the end.
bool LeaseKeeper::mine(const Job& job) const {
  return job.queue == lane_.index && job.stage != Stage::kSettling && job.stage != Stage::kFree;
}

void LeaseKeeper::watch(const Job& job) {
  MonoTime due = now_mono() + pause_for(std::min(job.lease(), job.limits.lease));
  if (!timer_.active() || due < next_) {
    next_ = due;
    timer_.start(std::max(due - now_mono(), milliseconds{1}));
  }
}

void LeaseKeeper::on_time() {
  check();
  beat();
  arm();
}

void LeaseKeeper::beat_now() {
  beat();
  arm();
}

void LeaseKeeper::beat() {
  if (!context_.redis.ready()) {
    return;
  }
  if (in_flight_ > 0) {
    // The answers on their way may be older than what is asked for: a cancel, say.
    beat_again_ = true;
    return;
  }
  beat_again_ = false;
  again_soon_ = false;
  auto round = std::make_shared<Round>();
  context_.jobs.for_each_held([this, &round](Job& job) {
    if (!mine(job) || job.lost) {
      return;  // nothing to renew; and an answer for its id could be taken for a later attempt's
    }
    round->jobs.push_back({&job, job.handle, job.started() != MonoTime{}});
    if (round->jobs.size() == kBatchJobs) {
      send(std::exchange(round, std::make_shared<Round>()));
    }
  });
  if (!round->jobs.empty()) {
    send(round);
  }
}

void LeaseKeeper::send(const std::shared_ptr<Round>& round) {
  std::vector<Beat> beats;
  beats.reserve(round->jobs.size());
  for (const Beaten& beaten : round->jobs) {
    beats.push_back({beaten.job->id, beaten.job->token, beaten.started, beaten.job->limits});
  }
  ++in_flight_;
  round->sent = now_mono();
  context_.redis.run(heartbeat(lane_.keys, context_.boot.worker, beats),
                     [this, round](const Result<redis::ReplyView>& reply) {
                       --in_flight_;
                       on_answer(*round, reply);
                       if (in_flight_ == 0 && beat_again_) {
                         beat();
                       }
                     });
}

void LeaseKeeper::on_answer(Round& round, const Result<redis::ReplyView>& reply) {
  auto answers = reply ? parse_heartbeat(*reply) : Result<std::vector<BeatAnswer>>(reply.error());
  if (!answers) {
    not_renewed(answers.error());
    return;
  }
  refused_.over({{"queue", lane_.keys.queue()}});
  for (const BeatAnswer& answer : *answers) {
    obey(round, answer);
  }
  for (const Beaten& beaten : round.jobs) {
    renew(beaten, round.sent);
  }
  arm();
}

// Nothing is renewed, and check() stops the jobs at 0.6 of their lease: the next beat comes long
// before that, since a Redis that refuses is often well again in seconds.
void LeaseKeeper::not_renewed(const Error& error) {
  again_soon_ = true;
  if (error.code != ErrorCode::kUnavailable) {
    refused_.goes_on({{"queue", lane_.keys.queue()}, {"error", error.message}});
    move_aside(context_.redis, lane_.keys, error);
  }
  arm();
}

void LeaseKeeper::renew(const Beaten& beaten, MonoTime sent) {
  Job& job = *beaten.job;
  if (job.handle != beaten.handle || job.lost || beaten.taken || !mine(job)) {
    return;
  }
  job.renewed_ns.store(sent.ns, std::memory_order_relaxed);
  if (beaten.started && !std::exchange(job.marked, true)) {
    job.lease_ms.store(job.limits.lease.count(), std::memory_order_relaxed);
  }
  update_kill_at(context_, job);
}

void LeaseKeeper::obey(Round& round, const BeatAnswer& answer) {
  // Of two attempts of one job the earlier is the one that is lost; both may be here for a moment.
  auto named = round.jobs.end();
  for (auto it = round.jobs.begin(); it != round.jobs.end(); ++it) {
    bool fits = it->job->handle == it->handle && it->job->id == answer.id && !it->job->lost;
    if (fits && (named == round.jobs.end() || it->job->token < named->job->token)) {
      named = it;
    }
  }
  if (named == round.jobs.end() || !mine(*named->job)) {
    return;
  }
  switch (answer.word) {
    case BeatAnswer::Word::kLost:
      obey_lost(*named->job);
      return;
    case BeatAnswer::Word::kCancel:
      obey_cancel(*named->job);
      return;
    case BeatAnswer::Word::kTaken:
      named->taken = true;
      obey_taken(*named->job);
      return;
    case BeatAnswer::Word::kLocked:
      log::warning("the lock of a running job was lost, it is set again; see: stint doctor",
                   {{"queue", lane_.keys.queue()}, {"job", named->job->id}});
      return;
  }
}

void LeaseKeeper::tell(Job& job, StopReason reason) {
  job.told = job.told == MonoTime{} ? now_mono() : job.told;
  tell_to_stop(job, reason);
  update_kill_at(context_, job);
}

void LeaseKeeper::obey_lost(Job& job) {
  if (std::exchange(job.lost, true)) {
    return;
  }
  tell(job, StopReason::kLeaseLost);
  log::warning("lease lost: the attempt is no longer ours",
               {{"queue", lane_.keys.queue()}, {"job", job.id}, {"attempt", job.attempt}});
  listener_.forget(job);
}

void LeaseKeeper::obey_cancel(Job& job) {
  if (std::exchange(job.cancelled, true)) {
    return;
  }
  tell(job, StopReason::kCancel);
  // One that has not started ends in Redis: release sees the flag.
  listener_.give_back([&job](const Job& other) { return &other == &job; });
}

// Still ours, so it is given back when it has stopped, as one that could not be renewed.
void LeaseKeeper::obey_taken(Job& job) {
  if (job.told != MonoTime{}) {
    return;
  }
  tell(job, StopReason::kLeaseLost);
  log::warning("resource lost: a later attempt has it, the task is told to stop",
               {{"queue", lane_.keys.queue()}, {"job", job.id}, {"attempt", job.attempt}});
  listener_.give_back([&job](const Job& other) { return &other == &job; });
}

void LeaseKeeper::check() {
  MonoTime now = now_mono();
  size_t waiting = 0;
  bool any = false;
  context_.jobs.for_each_held([this, now, &waiting, &any](Job& job) {
    any = any || job.queue == lane_.index;
    if (!mine(job) || now < fence_time(job.renewed(), job.lease())) {
      return;
    }
    if (job.started() == MonoTime{}) {
      ++waiting;
    } else if (job.stop_reason() != StopReason::kLeaseLost) {
      log::warning("no renewal was answered in time, the task is told to stop",
                   {{"queue", lane_.keys.queue()}, {"job", job.id}, {"attempt", job.attempt}});
      tell_to_stop(job, StopReason::kLeaseLost);
      update_kill_at(context_, job);
    }
  });
  if (!any) {
    refused_.over({{"queue", lane_.keys.queue()}});  // their ends were taken
  }
  if (waiting > 0) {
    listener_.give_back([this, now](const Job& job) {
      return job.queue == lane_.index && now >= fence_time(job.renewed(), job.lease());
    });
  }
}

// The next beat, or the next fence if a beat is not answered.
void LeaseKeeper::arm() {
  milliseconds pause = kLongestPause;
  MonoTime now = now_mono();
  bool any = false;
  context_.jobs.for_each_held([&](Job& job) {
    if (!mine(job)) {
      return;
    }
    any = true;
    pause = std::min(pause, pause_for(std::min(job.lease(), job.limits.lease), again_soon_));
    MonoTime fence = fence_time(job.renewed(), job.lease());
    if (fence > now) {
      pause = std::min(pause, fence - now + milliseconds{1});
    }
  });
  if (!any) {
    timer_.stop();
    return;
  }
  next_ = now + pause;
  timer_.start(std::max(pause, milliseconds{1}));
}

}  // namespace stint
