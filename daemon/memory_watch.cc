#include "daemon/memory_watch.h"

#include <utility>

#include "common/log/log.h"
#include "common/redis/info.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr milliseconds kLookEvery{4'000};
// SET is refused by a Redis that is over its limit, which is when this matters most.
constexpr std::string_view kSetPressure =
    "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], '1', 'EX', 10)";

}  // namespace

MemoryWatch::MemoryWatch(uv_loop_s* loop, redis::Connection& redis, std::vector<Keys> queues,
                         std::function<void()> on_pressure)
    : redis_(redis),
      queues_(std::move(queues)),
      on_pressure_(std::move(on_pressure)),
      timer_(loop, [this] { look(); }) {
  timer_.start(milliseconds{0}, kLookEvery);
}

void MemoryWatch::look() {
  if (!redis_.ready()) {
    return;
  }
  redis_.run(redis::plain({"INFO", "memory"}),
             [this, alive = std::weak_ptr<int>(alive_)](const Result<redis::ReplyView>& reply) {
               if (!alive.expired() && reply) {
                 seen(reply->str());
               }
             });
}

void MemoryWatch::seen(std::string_view info) {
  int64_t limit = redis::info_number(info, "maxmemory");
  int64_t used = redis::info_number(info, "used_memory");
  bool pressure = limit > 0 && used / 4 > limit / 5;
  if (pressure != said_) {
    log::event(pressure ? log::Level::kWarning : log::Level::kInfo,
               pressure ? "Redis is above 80 % of its memory: finished jobs are not kept"
                        : "Redis has memory again: finished jobs are kept",
               {{"used", format_size(used)}, {"limit", format_size(limit)}});
    said_ = pressure;
  }
  if (!pressure) {
    return;
  }
  for (const auto& keys : queues_) {
    redis_.run(redis::plain({"EVAL", std::string(kSetPressure), "1", keys("pressure")}),
               [](auto) {});
  }
  on_pressure_();
}

}  // namespace stint
