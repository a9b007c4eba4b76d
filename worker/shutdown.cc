#include "worker/shutdown.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"

namespace stint {

namespace {

constexpr milliseconds kPatience{2'000};

}  // namespace

Shutdown::Shutdown(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues,
                   RunWatch& watch, std::function<void(bool)> over)
    : context_(context),
      queues_(queues),
      watch_(watch),
      over_(std::move(over)),
      limit_(context.loop, [this] { hand_back_now(); }),
      patience_(context.loop, [this] {
        log::warning("redis did not acknowledge the last jobs in time, exiting without");
        end(!watch_.running_slots().empty());
      }) {}

void Shutdown::drain() {
  if (!std::exchange(begun_, true)) {
    for (const auto& queue : queues_) {
      queue->close();
    }
    context_.changed();
  }
}

void Shutdown::stop(milliseconds limit) {
  drain();
  context_.jobs.for_each_held([](Job& job) {
    if (job.stage == Stage::kStock) {
      tell_to_stop(job, StopReason::kShutdown);
    }
  });
  if (limit_passed_) {
    return;
  }
  if (limit.count() > 0) {
    limit_.start(limit);
  } else {
    limit_.stop();
  }
}

void Shutdown::hand_back_now() {
  drain();
  if (std::exchange(limit_passed_, true)) {
    return;
  }
  limit_.stop();
  size_t left = running();
  if (left > 0) {
    log::info("tasks that still run are handed back", {{"tasks", left}});
  }
  if (alone_) {
    release_running();
  }
  patience_.start(kPatience);
  context_.changed();
}

void Shutdown::give_up_on(Job& job, EndKind kind) {
  if (limit_passed_) {
    return;
  }
  log::error("a task does not stop; without a supervisor the whole process ends",
             {{"queue", job.queue_name}, {"job", job.id}, {"kind", to_string(kind)}});
  drain();
  queues_[job.queue]->reporter().finish(job, kind, "did not stop in time");
  hand_back_now();
}

size_t Shutdown::running() const {
  size_t running = 0;
  context_.jobs.for_each_held(
      [&running](const Job& job) { running += job.stage == Stage::kStock ? 1 : 0; });
  return running;
}

void Shutdown::release_running() {
  context_.jobs.for_each_held([this](Job& job) {
    if (job.stage == Stage::kStock) {
      queues_[job.queue]->reporter().release(job, Release::How::kFree);
    }
  });
}

void Shutdown::mark_running() {
  const auto& running = context_.recorder.table().running;
  for (uint32_t slot : watch_.running_slots()) {
    int32_t entry = running[slot].load(std::memory_order_acquire);
    if (entry >= 0 && entry < static_cast<int32_t>(control::kEntries)) {
      context_.recorder.end(entry, slot);
    }
  }
}

void Shutdown::check() {
  if (!begun_ || ended_ || closes_awaited_ > 0) {
    return;
  }
  bool settled = std::all_of(queues_.begin(), queues_.end(),
                             [](const auto& queue) { return queue->settled(); });
  size_t left = running();
  bool nothing_held = context_.jobs.held() == left;
  if (!settled || !nothing_held || (left > 0 && !limit_passed_)) {
    return;
  }
  bool abandoned = left > 0 || !watch_.running_slots().empty();
  if (alone_) {
    close_registration();
  } else {
    end(abandoned);
  }
}

// What a supervisor does for a dead worker: no claim of ours may be answered any more.
void Shutdown::close_registration() {
  if (!context_.redis.ready()) {
    end(!watch_.running_slots().empty());
    return;
  }
  patience_.start(kPatience);
  for (const auto& queue : queues_) {
    ++closes_awaited_;
    context_.redis.run(close_worker(queue->lane().keys, context_.boot.worker),
                       [this](const Result<redis::ReplyView>&) {
                         if (--closes_awaited_ == 0) {
                           end(!watch_.running_slots().empty());
                         }
                       });
  }
}

void Shutdown::end(bool abandoned) {
  if (std::exchange(ended_, true)) {
    return;
  }
  limit_.stop();
  patience_.stop();
  if (!alone_) {
    mark_running();
  }
  over_(abandoned);
}

}  // namespace stint
