#include "worker/announcer.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "common/queue/upkeep.h"
#include "common/text/text.h"

namespace stint {

namespace {

constexpr milliseconds kAnnouncePause{10'000};
constexpr milliseconds kAnnounceTtl{30'000};

}  // namespace

int64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) {
    return 0;
  }
  long total = 0;
  long resident = 0;
  int got = std::fscanf(file, "%ld %ld", &total, &resident);  // NOLINT(cert-err34-c)
  (void)std::fclose(file);
  return got == 2 ? int64_t{resident} * ::sysconf(_SC_PAGESIZE) : 0;
}

Announcer::Announcer(Context& context, std::span<const std::unique_ptr<QueueRunner>> queues,
                     std::function<void()> heard)
    : context_(context),
      queues_(queues),
      heard_(std::move(heard)),
      timer_(context.loop, [this] { announce_all(); }),
      queues_text_(joined(context.boot.queues, ",")),
      tasks_(context.tasks.ids()),
      started_ms_(now_wall_ms()) {
  tasks_text_ = joined(tasks_, ",");
}

void Announcer::start() {
  timer_.start(kAnnouncePause, kAnnouncePause);
  announce_all();
}

void Announcer::set_state(std::string state) {
  state_ = std::move(state);
  announce_all();
}

void Announcer::retire() {
  tasks_.clear();
  set_state("draining");
}

void Announcer::announce_all() {
  // Not started: whether this Redis may be written to has not been judged.
  if (!context_.redis.ready() || !timer_.active()) {
    return;
  }
  std::vector<std::pair<std::string, std::string>> fields{
      {"host", context_.boot.host},
      {"pid", std::to_string(::getpid())},
      {"version", STINT_VERSION},
      {"queues", queues_text_},
      {"slots", std::to_string(context_.boot.config.slots)},
      {"tasks", tasks_text_},
      {"state", state_},
      {"jobs", std::to_string(context_.recorder.table().jobs_ended.load())},
      {"rss", std::to_string(resident_bytes())},
      {"started_at", rfc3339(started_ms_)},
      {"seen_at", rfc3339(now_wall_ms())},
  };
  auto unheard = std::make_shared<size_t>(queues_.size());
  for (const auto& queue : queues_) {
    context_.redis.run(
        announce(queue->lane().keys, context_.boot.worker, kAnnounceTtl, fields, tasks_),
        [this, unheard](const Result<redis::ReplyView>& reply) {
          bool answered = reply || reply.error().code != ErrorCode::kUnavailable;
          if (answered && --*unheard == 0) {
            heard_();
          }
        });  // refused: told again in 10 s
  }
}

}  // namespace stint
