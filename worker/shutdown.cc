#include "worker/shutdown.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"

namespace stint {

namespace {

constexpr milliseconds kDrainPatience{2'000};

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
  patience_.start(kDrainPatience);
  context_.changed();
}

void Shutdown::give_up_on(const Job& job, EndKind kind) {
  if (!limit_passed_) {
    log::error("a task does not stop; without a supervisor the whole process ends",
               {{"queue", job.queue_name}, {"job", job.id}, {"kind", to_string(kind)}});
    hand_back_now();
  }
  if (kind == EndKind::kLost) {
    end(true);  // its lease runs out: no time to wait for Redis
  }
}

size_t Shutdown::running() const {
  size_t running = 0;
  context_.jobs.for_each_held(
      [&running](const Job& job) { running += job.stage == Stage::kStock ? 1 : 0; });
  return running;
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
  if (!begun_ || ended_) {
    return;
  }
  bool settled = std::all_of(queues_.begin(), queues_.end(),
                             [](const auto& queue) { return queue->settled(); });
  size_t left = running();
  bool nothing_held = context_.jobs.held() == left;
  if (!settled || !nothing_held || (left > 0 && !limit_passed_)) {
    return;
  }
  end(left > 0 || !watch_.running_slots().empty());
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
