#include "worker/print_collector.h"

#include <utility>

#include "common/control/printed.h"
#include "common/log/log.h"

namespace stint {

namespace {

// Ten calls a second at most cost Redis little, and a task that prints nothing makes none.
constexpr milliseconds kFlushEvery{100};

}  // namespace

PrintCollector::PrintCollector(Context& context,
                               std::span<const std::unique_ptr<QueueRunner>> queues)
    : context_(context), queues_(queues), flush_timer_(context.loop, [this] {
        if (std::exchange(fresh_, false)) {
          flush();
        }
      }) {}

void PrintCollector::take(std::string_view payload) {
  auto printed = control::parse_printed(payload);
  if (!printed || printed->entry >= control::kEntries) {
    log::error("a control frame with lines that cannot be read");
    return;
  }
  Job& job = context_.jobs[printed->entry];
  fresh_ = add(job, printed->token, printed->wall_ms, printed->lines) || fresh_;
  // They are among its last words now. Should this process die right here, they stand there twice.
  context_.recorder.table().prints_taken.store(printed->number, std::memory_order_release);
  if (fresh_ && !flush_timer_.active()) {
    fresh_ = false;
    flush();
  }
}

// Whether they have to be sent before the attempt ends. Those that come too late are nobody's.
bool PrintCollector::add(Job& job, uint64_t token, int64_t wall_ms, std::string_view lines) {
  std::lock_guard lock(job.mutex);
  if (!job.prints || job.token != token) {
    return false;
  }
  job.log.add(wall_ms, job.attempt, lines);
  job.has_news.store(true, std::memory_order_release);
  return job.running;
}

void PrintCollector::flush() {
  flush_timer_.start(kFlushEvery);
  for (const auto& queue : queues_) {
    queue->flush_logs();
  }
}

}  // namespace stint
