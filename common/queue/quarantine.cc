#include "common/queue/quarantine.h"

#include "common/log/log.h"
#include "common/queue/repair.h"

namespace stint {

void move_aside(redis::Connection& redis, const Keys& keys, const Error& refusal) {
  if (!is_wrong_type(refusal)) {
    return;
  }
  redis.run(quarantine(keys), [keys](const Result<redis::ReplyView>& reply) {
    auto moved =
        reply ? parse_quarantine(keys, *reply) : Result<std::vector<Repair>>(reply.error());
    if (!moved) {
      return;  // the caller has said that it was refused, and will be again
    }
    for (const Repair& one : *moved) {
      log::error("a key of another type stopped the queue; run: stint doctor --repair",
                 {{"queue", keys.queue()}, {"key", one.key}, {"was", one.what}});
    }
  });
}

}  // namespace stint
