#include "worker/announcer.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "common/queue/quarantine.h"
#include "common/queue/upkeep.h"
#include "common/text/text.h"

namespace stint {

namespace {

using Field = std::pair<std::string, std::string>;

constexpr milliseconds kAnnouncePause{10'000};
constexpr milliseconds kAnnounceTtl{30'000};
// More arguments than a script takes: what is over is said by further calls.
constexpr size_t kTasksACall = 1'000;

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
  std::vector<Field> fields{
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
  const size_t calls = std::max<size_t>(1, (tasks_.size() + kTasksACall - 1) / kTasksACall);
  auto round = std::make_shared<Round>(Round{queues_.size() * calls, {}});
  const std::span<const std::string> tasks(tasks_);
  for (const auto& queue : queues_) {
    for (size_t i = 0; i < calls; ++i) {
      const auto some = tasks.subspan(i * kTasksACall)
                            .first(std::min(kTasksACall, tasks.size() - i * kTasksACall));
      context_.redis.run(
          announce(queue->lane().keys, context_.boot.worker, kAnnounceTtl,
                   i == 0 ? std::span<const Field>(fields) : std::span<const Field>(), some),
          [this, round, &keys = queue->lane().keys](const Result<redis::ReplyView>& reply) {
            on_answer(*round, keys, reply);
          });
    }
  }
}

// Refused: told again in 10 s.
void Announcer::on_answer(Round& round, const Keys& keys, const Result<redis::ReplyView>& reply) {
  if (!reply && reply.error().code == ErrorCode::kUnavailable) {
    return;
  }
  if (!reply) {
    move_aside(context_.redis, keys, reply.error());
    round.refusal = reply.error().message;
  }
  if (--round.unheard > 0) {
    return;
  }
  if (round.refusal.empty()) {
    refused_.over({});
  } else {
    refused_.goes_on({{"error", round.refusal}});
  }
  heard_();
}

}  // namespace stint
